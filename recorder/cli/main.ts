#!/usr/bin/env node
import { interruptedCode, runCommand } from './runCommand.ts';
import { endBySignal, firstSignal } from './signals.ts';

let interruption: AbortSignal | undefined;
let codeOfPrompt = 0;

const exitCode = await runCommand(process.argv.slice(2), {
  interruption: () => (interruption ??= firstSignal()),
  openPrompt: async (command) => {
    const { openPrompt } = await import('./prompt/prompt.ts');
    codeOfPrompt = await openPrompt(command);
  },
});
await written(process.stdout);
if (exitCode === interruptedCode && interruption?.aborted) endBySignal(interruption.reason);
else process.exit(exitCode === 0 ? codeOfPrompt : exitCode);

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
