import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { runInMachine } from '../support/machine.ts';
import { describeWith, needs } from '../support/needs.ts';
import { soundRun } from '../support/soundRun.ts';
import type { DisksReport } from './guest/disks.ts';

describeWith([needs.vm], 'a disk of the machine', () => {
  let out: string;
  let report: DisksReport;
  beforeAll(async () => {
    out = await runInMachine('disks');
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the same build of the script
    report = JSON.parse(readFileSync(join(out, 'disks.json'), 'utf8')) as DisksReport;
  }, 900_000);

  test('that is remounted read-only costs the ticks until it is writable again', () => {
    const { whileReadOnly, after } = report.remounted;
    expect(whileReadOnly).toEqual({
      message: expect.stringMatching(/^Recording remounted: .* Ticks are dropped\. .*EROFS: /) as unknown,
      readyz: 503,
    });
    expect(after).toEqual({
      message: expect.stringMatching(/^Recording remounted: \d+ of \d+ ticks so far, \w+\.$/) as unknown,
      readyz: 200,
    });
    const { manifest } = soundRun(join(out, 'remounted'));
    expect(manifest.ticks.dropped).toBeGreaterThanOrEqual(2);
    expect(manifest.verdict.reasons).toContainEqual(
      expect.stringMatching(/ ticks were dropped\. The first: .*EROFS: /),
    );
  });

  test('whose file system finds an error ends the run; mended, it holds all that was synced', () => {
    const { idle, start, repaired } = report.aborted;
    expect(idle).toMatch(/The recorder ended the run by itself: .* could not be made durable/);
    expect(start).toMatch(/OUTPUT_DIR cannot be written: EROFS: /);
    expect(repaired).toMatch(/^Recording aborted: /);
    const { manifest } = soundRun(join(out, 'aborted'));
    expect(manifest.ticks.done).toBeGreaterThanOrEqual(4);
    expect(manifest.interruptions).toHaveLength(1);
  });
});
