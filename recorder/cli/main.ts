#!/usr/bin/env node
import { CommanderError } from 'commander';
import { SettingError } from '../../exporter/serve/settings.ts';
import { version } from '../../exporter/serve/version.ts';
import { plain } from './plain.ts';
import { createProgram } from './program.ts';

const exitCode = await run();
await written(process.stdout);
process.exit(exitCode);

/** @returns the exit code: 0 done, 1 refused or failed, 2 wrong usage. */
async function run(): Promise<number> {
  try {
    const program = await createProgram(version);
    await program.parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`${sentence(error)}\n`);
    return error instanceof SettingError ? 2 : 1;
  }
}

/** A pipe takes what is written only as fast as it is read; one whose reader has gone takes nothing more. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('error', () => {
      resolve();
    });
    stream.write('', () => {
      resolve();
    });
  });
}

/** Errors are sentences; but one of the language itself is a fault of ours and keeps its stack. */
function sentence(error: unknown): string {
  if (!(error instanceof Error)) return plain(String(error));
  const fault = [TypeError, ReferenceError, RangeError, SyntaxError].some((kind) => error instanceof kind);
  if (!fault || error.stack === undefined) return plain(error.message);
  return error.stack.split('\n').map(plain).join('\n');
}
