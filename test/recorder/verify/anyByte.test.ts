import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvFiles } from '../../../recorder/csv/columns.ts';
import type { Verification } from '../../../recorder/verify/verification.ts';
import { verifyFolder } from '../../../recorder/verify/verifyFolder.ts';
import { journalRecords } from '../../support/journal.ts';
import { recordedRuns } from './recordedRuns.ts';

const runs = recordedRuns();
/** Milliseconds, on a busy machine. */
const timeout = 120_000;

/** Where a byte is changed, by shares of the files, of a file and of what a byte can be. */
const place = fc.record({
  file: fc.nat(),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  by: fc.integer({ min: 1, max: 255 }),
});

/** Verifies the folder of the file while one of its bytes is another. */
async function verifyChanged(path: string, index: number, by: number): Promise<Verification> {
  const whole = readFileSync(path);
  const changed = Buffer.from(whole);
  changed[index] = (whole[index] ?? 0) ^ by;
  writeFileSync(path, changed);
  const verification = await verifyFolder(dirname(path));
  writeFileSync(path, whole);
  return verification;
}

test('whichever byte of whichever file is another, that is found', { timeout }, async () => {
  const folder = runs.copy('stopped');
  const names = readdirSync(folder).toSorted();
  expect(names).toHaveLength(csvFiles.length + 3);
  await fc.assert(
    fc.asyncProperty(place, async ({ file, at, by }) => {
      const name = names[file % names.length] ?? '';
      const path = join(folder, name);
      const index = Math.floor(at * statSync(path).size);
      const { findings, isVerified } = await verifyChanged(path, index, by);
      const ofFile = findings.filter((finding) => finding.file === name);
      expect(ofFile, JSON.stringify(findings)).not.toEqual([]);
      // White space of run.json says nothing.
      expect(isVerified && name !== 'run.json').toBe(false);
    }),
    { numRuns: 300 },
  );
});

test(
  'in a run that is unfinished, too: what was durable is damaged, what was not may be lost',
  { timeout },
  async () => {
    const folder = runs.copy('open');
    const records = journalRecords(readFileSync(join(folder, 'journal.jsonl'), 'utf8'));
    const durable = new Map(
      records
        .slice(0, records.findLastIndex(({ synced }) => synced === true) + 1)
        .flatMap(({ files }) => Object.entries(files)),
    );
    const committed = new Map(records.flatMap(({ files }) => Object.entries(files)));
    const names = [...committed.keys()];
    await fc.assert(
      fc.asyncProperty(place, async ({ file, at, by }) => {
        const name = names[file % names.length] ?? '';
        const index = Math.floor(at * (committed.get(name)?.bytes ?? 0));
        const { findings, isVerified } = await verifyChanged(join(folder, name), index, by);
        expect(findings.map((finding) => finding.file)).toContain(name);
        expect(isVerified).toBe(index >= (durable.get(name)?.bytes ?? 0));
      }),
      { numRuns: 100 },
    );
  },
);
