import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PartReport } from './report.ts';
import { reportText } from './reportText.ts';

/** From where the compiled benchmark lies, too: both are two folders below one of the checkout's own. */
const ownFolder = fileURLToPath(new URL('../../../test/bench/', import.meta.url));
const begin = '<!-- results: written by npm run bench -->';
const end = '<!-- end of results -->';

/**
 * Puts results and plots into README.md, in place of those of the last run.
 * @param machine what they were measured on
 * @throws when README.md has no place for them: then nothing is changed.
 */
export function writeResults(machine: string, reports: readonly PartReport[], folder = ownFolder): void {
  const path = join(folder, 'README.md');
  const body = [machine, ...reports.map((report) => reportText(report, 'plots'))].join('\n\n');
  const text = withResults(readFileSync(path, 'utf8'), body);
  const plots = join(folder, 'plots');
  rmSync(plots, { recursive: true, force: true });
  mkdirSync(plots);
  for (const { name, svg } of reports.flatMap((report) => report.plots)) {
    writeFileSync(join(plots, `${name}.svg`), svg);
  }
  writeFileSync(path, text);
}

function withResults(text: string, body: string): string {
  const before = text.indexOf(begin);
  const after = text.indexOf(end);
  if (before === -1 || after < before) {
    throw new Error(`README.md of the benchmark has no place for results: "${begin}", then "${end}".`);
  }
  return `${text.slice(0, before)}${begin}\n\n${body}\n\n${text.slice(after)}`;
}
