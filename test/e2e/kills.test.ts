import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startExporter, urlsOf } from '../support/exporter.ts';
import { surviveKills } from '../support/kills.ts';

test('20 of 20 kills are survived: what is committed stays, at most the tick in flight is lost', async () => {
  const here = await startExporter();
  onTestFinished(here.stop);
  const outputDir = mkdtempSync(join(tmpdir(), 'kubemon-kills-'));
  onTestFinished(() => {
    rmSync(outputDir, { recursive: true, force: true });
  });
  const { lost } = await surviveKills(20, 20260102, outputDir, urlsOf({ here }));
  expect(lost.length).toBe(8);
  expect(Math.max(...lost)).toBeLessThanOrEqual(1);
});
