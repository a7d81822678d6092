import { setTimeout as sleep } from 'node:timers/promises';
import type { RecorderClient } from '../client.ts';
import { patience } from '../patience.ts';
import { RecorderError } from '../recorderError.ts';

/** Milliseconds between two questions. */
const pause = 1_000;

/**
 * Resolves when the recorder answers.
 * @param tell is called with each new reason why there is no answer, a sentence
 * @throws RecorderError when a recorder answers that wants another token.
 */
export async function waitForRecorder(
  client: RecorderClient,
  signal: AbortSignal,
  tell: (reason: string) => void,
): Promise<void> {
  let told: string | undefined;
  while (!signal.aborted) {
    const reason = await absence(client);
    if (reason === undefined) return;
    if (reason !== told) tell(reason);
    told = reason;
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

/** Tells when the recorder goes away, and when it is back, until the signal. */
export async function followPresence(
  client: RecorderClient,
  signal: AbortSignal,
  tell: (sentence: string) => void,
): Promise<void> {
  for (let wasThere = true; !signal.aborted;) {
    await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    const reason = await absence(client).catch(() => undefined);
    const isThere = reason === undefined;
    if (wasThere && !isThere) tell(`The recorder is away. ${reason}`);
    if (!wasThere && isThere) tell('Recorder is alive!');
    wasThere = isThere;
  }
}

/** Undefined: it answers. */
async function absence(client: RecorderClient): Promise<string | undefined> {
  try {
    await client.alive(patience);
    return undefined;
  } catch (error) {
    if (!(error instanceof RecorderError) || error.status === 401) throw error;
    return error.message;
  }
}
