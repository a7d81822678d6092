/**
 * Runs in the virtual machine until its power is cut: two recorders go on with the runs on the disk, or begin
 * them, and each tick that they tell to be done is printed with what is promised then.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, writeSync } from 'node:fs';
import { kubemon, loopbackExporter, machine } from '../../recorder/run/loopbackExporter.ts';
import { promisedAt } from '../../support/promises.ts';
import { startInProcess } from './inProcess.ts';

// The kernel writes nothing out by itself: what is there after the cut was synced.
execFileSync('sysctl', ['-q', 'vm.dirty_writeback_centisecs=0', 'vm.dirty_expire_centisecs=360000']);
const exporter = await loopbackExporter(kubemon(machine('guest')));

for (const interval of [1, 0.25]) {
  const folder = `every-${interval}`;
  const { control } = await startInProcess(`/out/${folder}`, exporter.url);
  control.onTick(({ state, timestamp }) => {
    const promised = state === 'done' ? promisedAt('/out', `${folder}/run`, timestamp) : undefined;
    // At once, past all buffers.
    if (promised !== undefined) writeSync(1, `${JSON.stringify(promised)}\n`);
  });
  if (!existsSync(`/out/${folder}/run`)) await control.start({ run: 'run', interval });
}
