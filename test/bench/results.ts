import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { machineText } from './machine.ts';
import type { PartReport } from './report.ts';
import { reportText } from './reportText.ts';

/** From where the compiled benchmark lies, too: both are two folders below one of the checkout's own. */
const folder = fileURLToPath(new URL('../../../test/bench/', import.meta.url));
const begin = '<!-- results: written by npm run bench -->';
const end = '<!-- end of results -->';

/** Puts results and plots into README.md, in place of those of the last run. */
export function writeResults(reports: readonly PartReport[]): void {
  const path = `${folder}README.md`;
  const text = readFileSync(path, 'utf8');
  const before = text.indexOf(begin);
  const after = text.indexOf(end);
  if (before === -1 || after < before) throw new Error(`${path} has no place for results: "${begin}".`);
  const body = [machineText(), ...reports.map((report) => reportText(report, 'plots'))].join('\n\n');
  rmSync(`${folder}plots`, { recursive: true, force: true });
  mkdirSync(`${folder}plots`);
  for (const { name, svg } of reports.flatMap(({ plots }) => plots)) {
    writeFileSync(`${folder}plots/${name}.svg`, svg);
  }
  writeFileSync(path, `${text.slice(0, before)}${begin}\n\n${body}\n\n${text.slice(after)}`);
}
