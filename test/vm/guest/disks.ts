/** Runs in the virtual machine: leaves in /out/disks.json what a recorder did on disks that failed. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { kubemon, loopbackExporter, machine } from '../../recorder/run/loopbackExporter.ts';
import { recorderProcess, type RecorderProcess } from '../../e2e/faults/recorderProcess.ts';

/** What was seen, in the order of time. */
export interface DisksReport {
  /** Every file system was made read-only (sysrq u), and then this one writable again. */
  readonly remounted: {
    readonly whileReadOnly: { readonly message: string; readonly readyz: number };
    readonly after: { readonly message: string; readonly readyz: number };
  };
  /** ext4 found an error and aborted its journal, as errors=remount-ro has it. */
  readonly aborted: {
    readonly idle: string;
    readonly start: string;
    /** After it was unmounted, checked and mounted again, with the next recorder. */
    readonly repaired: string;
  };
}

const disk = '/disk';

function run(command: string): void {
  execFileSync('sh', ['-ec', command], { stdio: ['ignore', 'inherit', 'inherit'] });
}

async function look({ client, get }: RecorderProcess) {
  return { message: (await client.status()).message, readyz: (await get('/readyz')).status };
}

const exporter = await loopbackExporter(kubemon(machine('one')));
const targets = { TARGETS: `one=${exporter.url}` };

const first = await recorderProcess({ ...targets, OUTPUT_DIR: '/out' });
await first.client.start('remounted', { interval: 2 });
await first.more('done', 2);
writeFileSync('/proc/sysrq-trigger', 'u');
await first.more('dropped', 2);
const whileReadOnly = await look(first);
run('mount -o remount,rw /; mount -o remount,rw /out');
await first.more('done', 2);
const after = await look(first);
await first.client.stop();
await first.stop();

mkdirSync(disk);
const image = '/out/disk.img';
run(`truncate -s 64M ${image}; mkfs.ext4 -q -F ${image}; mount -o loop,errors=remount-ro ${image} ${disk}`);
mkdirSync(`${disk}/runs`);
const settings = { ...targets, OUTPUT_DIR: `${disk}/runs` };
const second = await recorderProcess(settings);
await second.client.start('aborted', { interval: 2 });
await second.more('done', 2);
run(`mount -o remount,abort ${disk}`);
const idle = await second.idle();
const start = await second.client.start('next', {}).then(
  ({ message }) => message,
  (error: unknown) => String(error),
);
await second.stop();
run(
  `umount ${disk}; fsck.ext4 -p ${image} || test $? -le 1; mount -o loop,errors=remount-ro ${image} ${disk}`,
);
const third = await recorderProcess(settings);
await third.more('done', 2);
const repaired = (await third.client.status()).message;
await third.client.stop();
run(`cp -r ${disk}/runs/aborted /out/; umount ${disk}; rm ${image}`);
await third.stop();
await exporter.close();

const report: DisksReport = {
  remounted: { whileReadOnly, after },
  aborted: { idle, start, repaired },
};
writeFileSync('/out/disks.json', JSON.stringify(report));
