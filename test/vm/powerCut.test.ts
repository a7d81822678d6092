import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { makeJob, startMachine } from '../support/machine.ts';
import { describeWith, needs } from '../support/needs.ts';
import { compilePreload } from '../support/preload.ts';
import { brokenPromises, type Promised } from '../support/promises.ts';
import { startRecorder } from '../support/recorderProcess.ts';
import { until } from '../support/until.ts';
import { doneTicks, expectWhole, recorderGaps } from '../support/wholeRun.ts';

describeWith([needs.vm, needs.compiler], 'a power cut', () => {
  let scratch: string;
  let job: string;

  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'kubemon-power-'));
    job = join(scratch, 'job');
    await makeJob(job);
    compilePreload('nosync', job);
  }, 120_000);

  afterAll(() => {
    rmSync(scratch, { recursive: true });
  }, 120_000);

  /** Boots the machine, lets its recorders go on, and cuts its power; what was promised, by run. */
  async function recordAndCut(
    { disk, out, after }: { readonly disk: string; readonly out: string; readonly after: number },
    ...environment: readonly string[]
  ): Promise<ReadonlyMap<string, readonly Promised[]>> {
    const command = ['env', ...environment, 'node', 'test/vm/guest/record.js'];
    const machine = startMachine({ job, command, disk: join(scratch, disk), out });
    onTestFinished(machine.cutPower);
    await machine.says((lines) => [...promisesIn(lines).values()].every(({ length }) => length >= 3));
    await sleep(after);
    await machine.cutPower();
    return promisesIn(machine.lines);
  }

  test('loses nothing that was synced, and below 1 s no more than the last second, five times', async () => {
    const moments = fc.sample(fc.integer({ min: 0, max: 2000 }), { seed: 20260104, numRuns: 5 });
    const told = new Map<string, (readonly string[])[]>(folders.map((folder) => [folder, []]));
    let out = '';
    for (const [cut, after] of moments.entries()) {
      out = join(scratch, `out${cut}`);
      for (const [folder, promises] of await recordAndCut({ disk: 'kept.img', out, after })) {
        expect(promises.flatMap((each) => brokenPromises(out, each))).toEqual([]);
        told.get(folder)?.push(promises.map((each) => each.told));
      }
    }
    for (const folder of folders) {
      // After the last cut a recorder on this machine goes on.
      const outputDir = join(scratch, 'gone-on', dirname(folder));
      cpSync(join(out, dirname(folder)), outputDir, { recursive: true });
      const recorder = await startRecorder(outputDir, {});
      onTestFinished(recorder.kill);
      await until('the run goes on', async () => (await recorder.client.status()).recording !== undefined);
      await recorder.client.stop();
      const tables = await expectWhole(join(scratch, 'gone-on', folder));
      const done = new Set(doneTicks(tables));
      const ticksASecond = Math.floor(1 / tables.manifest.settings.intervalSeconds);
      // A second cut before a first tick was synced makes one gap of two.
      const gaps = recorderGaps(tables).length;
      expect(gaps).toBeLessThanOrEqual(moments.length);
      expect(gaps).toBeGreaterThanOrEqual(ticksASecond > 1 ? 1 : moments.length);
      for (const ticks of told.get(folder) ?? []) {
        expect(ticks.filter((tick) => !done.has(tick)).length).toBeLessThan(ticksASecond);
      }
    }
  }, 1_800_000);

  test('takes what was promised where syncs do nothing: this test can fail', async () => {
    const out = join(scratch, 'unsynced');
    const promised = await recordAndCut({ disk: 'lost.img', out, after: 0 }, 'LD_PRELOAD=./nosync.so');
    for (const promises of promised.values()) {
      expect(promises.slice(-1).flatMap((each) => brokenPromises(out, each))).not.toEqual([]);
    }
  });
});

/** A run with an interval of 1 s, and one with 0.25 s. */
const folders = ['every-1/run', 'every-0.25/run'];

function promisesIn(lines: readonly string[]): ReadonlyMap<string, readonly Promised[]> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- printed by test/vm/guest/record.ts
  const promises = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Promised);
  return new Map(folders.map((name) => [name, promises.filter(({ folder }) => folder === name)]));
}
