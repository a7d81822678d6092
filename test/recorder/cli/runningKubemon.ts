import { onTestFinished } from 'vitest';
import { type Kubemon, startKubemon } from '../../support/kubemon.ts';

/** Starts the command; what is still running when the test has ended is ended, too. */
export function runningKubemon(args: readonly string[], settings: Readonly<Record<string, string>>): Kubemon {
  const kubemon = startKubemon(args, settings);
  onTestFinished(async () => {
    if (kubemon.exitCode() === undefined) await kubemon.stop().catch(() => undefined);
  });
  return kubemon;
}
