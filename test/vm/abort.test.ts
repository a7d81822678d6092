import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runInMachine } from '../support/machine.ts';
import { describeWith, needs } from '../support/needs.ts';
import { expectWhole } from '../support/wholeRun.ts';
import type { AbortReport } from './guest/abort.ts';

describeWith([needs.vm], 'a file system that finds an error', () => {
  test('ends the run; mended, it holds all that was synced, and the next recorder goes on', async () => {
    const out = await runInMachine('abort');
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the same build of the script
    const report = JSON.parse(readFileSync(join(out, 'abort.json'), 'utf8')) as AbortReport;
    expect(report.aborted).toMatch(
      /The recorder ended the run by itself: .* could not be made durable \(EROFS: /,
    );
    expect(report.start).toMatch(/^Refusal: .*EROFS: read-only file system/);
    expect(report.repaired).toMatch(/^Recording run: /);
    const { manifest } = await expectWhole(join(out, 'run'));
    expect(manifest.ticks.done).toBeGreaterThanOrEqual(4);
    expect(manifest.interruptions).toHaveLength(1);
  });
});
