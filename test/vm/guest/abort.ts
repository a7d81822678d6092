/** Runs in the virtual machine: leaves in /out/abort.json what recorders did on a file system that found an error. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { kubemon, loopbackExporter, machine } from '../../recorder/run/loopbackExporter.ts';
import { until } from '../../support/until.ts';
import { startInProcess } from './inProcess.ts';

/** What was said, in the order of time. */
export interface AbortReport {
  /** ext4 aborted its journal, as errors=remount-ro has it. */
  readonly aborted: string;
  /** Of another run there. */
  readonly start: string;
  /** Unmounted, checked and mounted again, and with the next recorder. */
  readonly repaired: string;
}

const disk = '/disk';
const image = '/disk.img';

function run(command: string): void {
  execFileSync('sh', ['-ec', command], { stdio: ['ignore', 'inherit', 'inherit'] });
}

const exporter = await loopbackExporter(kubemon(machine('one')));
const mount = `mount -o loop,errors=remount-ro ${image} ${disk}`;
mkdirSync(disk);
run(`truncate -s 64M ${image}; mkfs.ext4 -q -F ${image}; ${mount}`);

const first = await startInProcess(`${disk}/runs`, exporter.url);
await first.control.start({ run: 'run', interval: 2 });
await until('ticks are done', () => (first.control.status().recording?.ticks.done ?? 0) >= 2);
run(`mount -o remount,abort ${disk}`);
await until('the run ends', () => first.control.current() === undefined);
const aborted = first.control.status().message;
const start = await first.control.start({ run: 'next' }).then(
  ({ message }) => message,
  (error: unknown) => String(error),
);
await first.close();

run(`umount ${disk}; fsck.ext4 -p ${image} || test $? -le 1; ${mount}`);
const second = await startInProcess(`${disk}/runs`, exporter.url);
const done = () => second.control.status().recording?.ticks.done;
await until('the run goes on', () => done() !== undefined);
const before = done() ?? 0;
await until('more ticks are done', () => (done() ?? 0) >= before + 2);
const repaired = second.control.status().message;
await second.control.stop();
run(`cp -r ${disk}/runs/run /out/`);
await second.close();
await exporter.close();

const report: AbortReport = { aborted, start, repaired };
writeFileSync('/out/abort.json', JSON.stringify(report));
