import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startExporter, urlsOf } from '../support/exporter.ts';
import { surviveKills } from '../support/kills.ts';

test('100 of 100 kills are survived: what is committed stays, at most the tick in flight is lost', async () => {
  const here = await startExporter();
  onTestFinished(here.stop);
  const outputDir = mkdtempSync(join(tmpdir(), 'kubemon-kills-'));
  onTestFinished(() => {
    rmSync(outputDir, { recursive: true, force: true });
  });
  const report = await surviveKills(100, 20260103, outputDir, urlsOf({ here }));
  process.stdout.write(`${JSON.stringify(report)}\n`);
  expect(report.lost.length).toBe(40);
  expect(Math.max(...report.lost)).toBeLessThanOrEqual(1);
});
