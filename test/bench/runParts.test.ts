import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Part, PartReport } from './report.ts';
import { runParts } from './runParts.ts';

const report = (title: string): PartReport => ({ title, figures: [], tables: [], plots: [], notes: [] });

test('a part that fails costs its own results only', async () => {
  const broken: Part = { name: 'broken', run: () => Promise.reject(new Error('gcc does not run.')) };
  const { outcome, shown, said } = await run([part('first'), broken, part('last')]);
  expect(outcome.failures).toEqual(['The part "broken" could not be measured: gcc does not run.']);
  expect(outcome.reports.map(({ title }) => title)).toEqual(['first', 'last']);
  expect(shown).toEqual(['first', 'last']);
  expect(said[0]).toBe('first: begins');
  expect(said[1]).toMatch(/^broken: Error: gcc does not run\.\n\s+at /);
});

test('each part finds an empty folder', async () => {
  const folders: string[] = [];
  const fills = (name: string): Part => ({
    name,
    run: ({ scratch }) => {
      folders.push(scratch);
      expect(existsSync(join(scratch, 'file'))).toBe(false);
      writeFileSync(join(scratch, 'file'), '');
      return Promise.resolve(report(name));
    },
  });
  const { outcome } = await run([fills('one'), fills('other')]);
  expect(outcome.failures).toEqual([]);
  expect(new Set(folders).size).toBe(2);
});

test('once interrupted, what fails is no failure of its own, and no other part runs', async () => {
  let isInterrupted = false;
  const interrupted: Part = {
    name: 'interrupted',
    run: () => {
      isInterrupted = true;
      return Promise.reject(new Error('The recorder has ended.'));
    },
  };
  const { outcome } = await run([part('first'), interrupted, part('last')], () => isInterrupted);
  expect(outcome.failures).toEqual([]);
  expect(outcome.reports.map(({ title }) => title)).toEqual(['first']);
});

function part(name: string): Part {
  return {
    name,
    run: ({ say }) => {
      say('begins');
      return Promise.resolve(report(name));
    },
  };
}

async function run(parts: readonly Part[], isInterrupted = () => false) {
  const scratch = mkdtempSync(join(tmpdir(), 'kubemon-parts-'));
  onTestFinished(() => {
    rmSync(scratch, { recursive: true });
  });
  const shown: string[] = [];
  const said: string[] = [];
  const outcome = await runParts(parts, {
    quick: true,
    scratch,
    isInterrupted,
    onReport: ({ title }) => shown.push(title),
    say: (line) => said.push(line),
  });
  return { outcome, shown, said };
}
