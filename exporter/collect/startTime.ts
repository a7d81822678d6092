import type { Machine } from '../source/machine.ts';
import type { Process } from '../source/processes.ts';

/** When a process started, in seconds since the epoch: the boot time and field 22 of its stat. */
export function startTime({ fields }: Process, { bootTime, clockTicks }: Machine): number | undefined {
  const ticks = fields['starttime'];
  if (ticks === undefined || bootTime === undefined) return undefined;
  return (bootTime * clockTicks + Number(ticks)) / clockTicks;
}
