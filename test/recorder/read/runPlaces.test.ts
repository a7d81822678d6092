import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exportRun } from '../../../recorder/export/exportRun.ts';
import { readRun } from '../../../recorder/read/runData.ts';
import { runInFolder, runOnRecorder } from '../../../recorder/read/runPlaces.ts';
import { readTicks } from '../../../recorder/read/ticks.ts';
import { readRestarts } from '../../../recorder/read/restarts.ts';
import type { Manifest } from '../../../recorder/run/manifest.ts';
import { until } from '../../support/until.ts';
import { handmadeRun, tick } from './handmadeRun.ts';
import { outputFolder } from './outputFolder.ts';

/** A run that a recorder tells of in other words than are in its folder. */
async function told(change: (manifest: Manifest) => Manifest) {
  const folder = handmadeRun({ files: {} });
  const { manifest } = await runInFolder(folder);
  return runOnRecorder({
    run: 'handmade',
    manifest: () => Promise.resolve(change(manifest)),
    download: (name) => Promise.resolve(new Blob([readFileSync(join(folder, name))]).stream()),
  });
}

function namedSo(name: string): (manifest: Manifest) => Manifest {
  return (manifest) => ({ ...manifest, files: manifest.files.map((file) => ({ ...file, name })) });
}

test.each([
  ['run', (manifest: Manifest): Manifest => ({ ...manifest, run: '../../x' })],
  ['run', (manifest: Manifest): Manifest => ({ ...manifest, run: '..' })],
  ['files.0.name', namedSo('../../x')],
  ['files.0.name', namedSo('../../x.csv')],
  ['files.0.name', namedSo('/x.csv')],
])('a recorder that names a %s which leads elsewhere is not read from', async (where, change) => {
  await expect(told(change)).rejects.toThrow(
    `The recorder's answer about handmade cannot be worked with: its run.json is not that of a run: ${where}: `,
  );
});

test('a file that is named twice is not written over', async () => {
  const run = readRun(await told(namedSo('marks.csv')));
  const output = outputFolder();
  await expect(exportRun(run, { format: 'deltas', output })).rejects.toThrow(/marks\.csv/);
  expect(readdirSync(join(output, '..'))).toEqual([]);
});

test('who stops reading before the end leaves no file open', async () => {
  // More than comes with one piece of a file.
  const rows = Array.from({ length: 5_000 }, (_, at) => ({ timestamp: tick(at), node: 'n', detail: 'x' }));
  const folder = handmadeRun({ files: { 'node.csv': rows, 'node_disk.csv': rows, 'events.csv': rows } });
  const run = readRun(await runInFolder(folder));
  const restarts = readRestarts(run);
  for await (const { timestamp } of readTicks(run, ['node.csv', 'node_disk.csv'])) {
    await restarts.advanceTo(timestamp);
    expect(openBelow(folder)).toHaveLength(3);
    break;
  }
  await restarts.close();
  await until('all are closed', () => openBelow(folder).length === 0, 4);
});

/** What of a folder this process has open. */
function openBelow(folder: string): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${descriptor}`);
      return path.startsWith(folder) ? [path] : [];
    } catch {
      // Closed by now: that of the listing itself.
      return [];
    }
  });
}
