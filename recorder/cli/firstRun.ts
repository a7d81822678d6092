import { setTimeout as sleep } from 'node:timers/promises';
import type { StartAnswer, StopAnswer, TickResult } from '../api.ts';
import type { Control } from '../control.ts';
import { Refusal } from '../refusal.ts';
import { tickCount } from '../run/schedule.ts';
import { createProgress, type Progress } from './progress.ts';
import { say } from './output.ts';
import { counted, duration } from './quantity.ts';
import { aborted } from './signals.ts';

export interface FirstRun {
  /** Default: `local-` and the time. */
  readonly run?: string;
  /** Seconds. */
  readonly for: number;
  /** Seconds. */
  readonly interval: number;
}

/** How long to wait for the exporter to be known as connected, in milliseconds. */
const connecting = 5_000;

/**
 * Records one run and shows how far it is. A signal stops it early.
 * @returns how it ended; undefined when the signal came before it began.
 */
export async function firstRun(
  control: Control,
  request: FirstRun,
  ending: AbortSignal,
): Promise<StopAnswer | undefined> {
  await connected(control, ending);
  if (ending.aborted) return undefined;
  const planned = tickCount(request.for, request.interval);
  const progress = createProgress(process.stdout);
  const ended = new Promise<StopAnswer>((resolve) => {
    const forgetStop = control.onStop((answer) => {
      forgetStop();
      resolve(answer);
    });
  });
  const forget = control.onTick(showTicks(progress, planned));
  const { run } = await start(control, request);
  say(`Recording ${run} for ${duration(request.for)}, a tick every ${duration(request.interval)}.`);
  progress.show(0, `0 of ${counted(planned, 'tick')}`);
  try {
    return (await Promise.race([ended, aborted(ending)])) ?? (await stop(control, ended));
  } finally {
    forget();
    progress.end();
  }
}

/** Stops the run, unless it has ended at this moment by itself. */
async function stop(control: Control, ended: Promise<StopAnswer>): Promise<StopAnswer> {
  try {
    return await control.stop();
  } catch (error) {
    if (error instanceof Refusal) return ended;
    throw error;
  }
}

/** Resolves when a daemon is connected, or after a while: the run then says what was missing. */
async function connected(control: Control, ending: AbortSignal): Promise<void> {
  const end = Date.now() + connecting;
  while (control.daemons().connected === 0 && Date.now() < end && !ending.aborted) {
    await sleep(50);
  }
}

/** A name that the user chose is taken as it is; one of ours gets a number where it is taken. */
async function start(control: Control, { run, for: length, interval }: FirstRun): Promise<StartAnswer> {
  const request = { for: length, interval };
  if (run !== undefined) return control.start({ run, ...request });
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const taken = new Set((await control.runs()).runs.map((known) => known.run));
  let name = `local-${time}`;
  for (let number = 2; taken.has(name); number += 1) name = `local-${time}-${number}`;
  return control.start({ run: name, ...request });
}

function showTicks(progress: Progress, planned: number): (tick: TickResult) => void {
  let ticks = 0;
  let rows = 0;
  return (tick) => {
    ticks += 1;
    rows += tick.rows;
    const down = tick.targets.filter(({ up }) => !up).length;
    const trouble = down === 0 ? '' : `, ${counted(down, 'target')} not scraped`;
    progress.show(
      ticks / planned,
      `${ticks} of ${counted(planned, 'tick')}, ${counted(rows, 'row')}${trouble}`,
    );
  };
}
