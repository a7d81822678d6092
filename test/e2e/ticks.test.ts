import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { differences } from '../soak/readBack.ts';
import { soak } from '../soak/soak.ts';

/** What test/soak does for five days of a run's time. */
test('600 ticks with containers that come and go are recorded to the last row, and leave nothing open', async () => {
  const outputDir = mkdtempSync(join(tmpdir(), 'kubemon-soak-'));
  onTestFinished(() => {
    rmSync(outputDir, { recursive: true });
  });
  const { path, manifest, due, usage } = await soak({ ticks: 600, interval: 5, lookEvery: 100, outputDir });
  expect(manifest.ticks).toMatchObject({ planned: 600, done: 600, dropped: 0 });
  expect(manifest.verdict).toMatchObject({ verdict: 'valid', reasons: [] });
  expect(await differences(path, manifest, due)).toEqual([]);
  const [, first, ...others] = usage.map(({ descriptors }) => descriptors);
  expect(Math.max(...others)).toBeLessThanOrEqual(first ?? 0);
});
