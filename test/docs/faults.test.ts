import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The rows of the table below a heading: the cells of each. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const chapter = readme.slice(readme.indexOf(`\n## ${heading}\n`)).split('\n## ')[1] ?? '';
  const rows = chapter.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const faults = tableUnder('What it survives');

test('the table of faults names a test for each', () => {
  expect(faults.length).toBeGreaterThan(40);
  expect(faults.filter((cells) => cells.length !== 4 || cells.includes(''))).toEqual([]);
});

test.each(faults.map(([fault = '', , , shown = '']) => ({ fault, shown })))(
  '$fault: there is $shown',
  ({ shown }) => {
    const [, file = '', name = ''] = /^`([^`]+)`: (.+)$/.exec(shown) ?? [];
    const path = fileURLToPath(
      new URL(`../${file.endsWith('.ts') ? file : `${file}.test.ts`}`, import.meta.url),
    );
    expect(existsSync(path), path).toBe(true);
    expect(readFileSync(path, 'utf8')).toContain(name);
  },
);
