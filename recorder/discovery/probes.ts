import { setTimeout as sleep } from 'node:timers/promises';
import type { Connections } from './connections.ts';

/** Seconds between two probes of all targets. */
const probeEvery = 5;
/** Seconds that a target has to answer one. */
const probeTimeout = 2;

/**
 * Asks the targets in the background while no run does, so that what is known of them is true.
 * @returns what ends it.
 */
export function startProbes(connections: Connections, isRecording: () => boolean): () => void {
  const ending = new AbortController();
  async function loop(): Promise<void> {
    while (!ending.signal.aborted) {
      // oxlint-disable-next-line no-await-in-loop -- one round after the other
      if (!isRecording()) await connections.probe(probeTimeout);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await sleep(probeEvery * 1000, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
    }
  }
  void loop();
  return () => {
    ending.abort();
  };
}
