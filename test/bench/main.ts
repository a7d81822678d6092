/**
 * npm run bench [-- --quick] [-- PART…]: measures, prints a table a part, and writes it with its plots into
 * README.md beside this file; a quick run only prints.
 * Exit codes: 0 measured; 1 something could not be measured; 2 wrong usage.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signalChildren } from './children.ts';
import { heedInterruption } from './interruption.ts';
import { type Invocation, parseInvocation } from './invocation.ts';
import { machineText } from './machine.ts';
import { parts } from './parts.ts';
import { reportText } from './reportText.ts';
import { missingFor, withoutLacking } from './requirements.ts';
import { writeResults } from './results.ts';
import { runParts } from './runParts.ts';

const names = parts.map(({ name }) => name);
process.exitCode = await act(parseInvocation(process.argv.slice(2), names));

async function act(invocation: Invocation): Promise<number> {
  if (invocation.kind === 'help') {
    process.stdout.write(invocation.text);
    return 0;
  }
  if (invocation.kind === 'wrong') {
    say(invocation.message);
    return 2;
  }
  return measure(invocation);
}

async function measure({ quick, names: wanted, named }: Invocation & { kind: 'run' }): Promise<number> {
  const asked = parts.filter(({ name }) => wanted.includes(name));
  const { parts: chosen, leftOut } = named ? { parts: asked, leftOut: [] } : withoutLacking(asked);
  for (const sentence of leftOut) say(sentence);
  const missing = missingFor(chosen);
  if (missing !== undefined) {
    say(missing);
    return 1;
  }
  const interruption = heedInterruption();
  const scratch = mkdtempSync(join(tmpdir(), 'kubemon-bench-'));
  // However it ends: nothing that was started outlives it.
  process.once('exit', () => {
    signalChildren('SIGKILL');
    rmSync(scratch, { recursive: true, force: true });
  });
  const machine = machineText();
  process.stdout.write(`${machine}\n`);
  if (quick) process.stdout.write('This is a quick run: its figures mean nothing.\n');
  const { failures } = await runParts(chosen, {
    quick,
    scratch,
    say,
    isInterrupted: () => interruption.code() !== undefined,
    onReport: (report, part) => {
      process.stdout.write(`\n${reportText(report)}\n`);
      if (!quick) writeResults({ part, machine, report });
    },
  });
  const interrupted = interruption.code();
  if (interrupted !== undefined) return interrupted;
  for (const failure of failures) say(failure);
  if (failures.length > 0) return 1;
  return 0;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
