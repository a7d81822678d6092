/**
 * npm run bench [-- --quick] [-- PART…]: measures, and prints a table a part. A whole run of everything
 * also writes its results, with their plots, into README.md beside this file.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machineText } from './machine.ts';
import { parts } from './parts.ts';
import { writeResults } from './results.ts';
import type { PartReport } from './report.ts';
import { reportText } from './reportText.ts';

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const unknown = positionals.find((name) => parts.every((part) => part.name !== name));
if (unknown !== undefined) {
  process.stderr.write(
    `There is no part "${unknown}". There are: ${parts.map(({ name }) => name).join(', ')}.\n`,
  );
  process.exit(2);
}

const isWhole = positionals.length === 0 && !values.quick;
const scratch = mkdtempSync(join(tmpdir(), 'kubemon-bench-'));
const reports: PartReport[] = [];
try {
  process.stdout.write(`${machineText()}\n`);
  for (const part of parts) {
    if (positionals.length > 0 && !positionals.includes(part.name)) continue;
    const report = await part.run({
      quick: values.quick,
      say: (line) => process.stderr.write(`${part.name}: ${line}\n`),
      scratch,
    });
    reports.push(report);
    process.stdout.write(`\n${reportText(report)}\n`);
  }
  if (isWhole) writeResults(reports);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
