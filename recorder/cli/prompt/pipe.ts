import { createInterface } from 'node:readline';
import { endBySignal, firstSignal } from '../signals.ts';
import type { RunLine } from './prompt.ts';

/** Runs each line of stdin. @returns the exit code of the last that failed; 0: none. */
export async function takeFromPipe(runLine: RunLine): Promise<number> {
  const signal = firstSignal();
  let isRunning = false;
  signal.addEventListener('abort', () => {
    if (!isRunning) endBySignal(signal.reason);
  });
  let code = 0;
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    isRunning = true;
    const ended = await runLine(line, signal);
    isRunning = false;
    if (signal.aborted) endBySignal(signal.reason);
    if (ended === undefined) break;
    if (ended !== 0) code = ended;
  }
  return code;
}
