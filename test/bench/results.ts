import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PartReport } from './report.ts';
import { reportText } from './reportText.ts';

/** From where the compiled benchmark lies, too: both are two folders below one of the checkout's own. */
const ownFolder = fileURLToPath(new URL('../../../test/bench/', import.meta.url));
/** What a part has measured, and on what. */
export interface PartResults {
  readonly part: string;
  readonly machine: string;
  readonly report: PartReport;
}

/**
 * Puts the results of a part, and its plots, into README.md in place of those of its last run.
 * @throws when README.md has no place for them: then nothing is changed.
 */
export function writeResults({ part, machine, report }: PartResults, folder = ownFolder): void {
  const path = join(folder, 'README.md');
  const text = withResults(readFileSync(path, 'utf8'), part, reportText(report, { machine, plots: 'plots' }));
  const plots = join(folder, 'plots');
  mkdirSync(plots, { recursive: true });
  for (const name of readdirSync(plots)) if (name.startsWith(part)) rmSync(join(plots, name));
  for (const { name, svg } of report.plots) writeFileSync(join(plots, `${name}.svg`), svg);
  writeFileSync(path, text);
}

function withResults(text: string, part: string, body: string): string {
  const begin = `<!-- ${part}: written by npm run bench -->`;
  const end = `<!-- end of ${part} -->`;
  const before = text.indexOf(begin);
  const after = text.indexOf(end);
  if (before === -1 || after < before) {
    throw new Error(
      `README.md of the benchmark has no place for the results of ${part}: "${begin}", then "${end}".`,
    );
  }
  return `${text.slice(0, before)}${begin}\n\n${body}\n\n${text.slice(after)}`;
}
