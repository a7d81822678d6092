import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

/** Changes a file, which must have what is to be replaced. */
export function replaceIn(path: string, from: string | RegExp, to: string): void {
  const text = readFileSync(path, 'utf8');
  const replaced = text.replace(from, to);
  expect(replaced).not.toBe(text);
  writeFileSync(path, replaced);
}

/** Changes the lines of a file. */
export function changeLines(path: string, change: (lines: string[]) => readonly string[]): void {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  writeFileSync(
    path,
    change(lines)
      .map((line) => `${line}\n`)
      .join(''),
  );
}
