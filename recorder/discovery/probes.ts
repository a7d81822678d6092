import { setTimeout as sleep } from 'node:timers/promises';
import type { Connections } from './connections.ts';

/** Seconds between two probes of all targets. */
const probeEvery = 5;
/** Seconds at least, when targets have changed meanwhile. */
const probeAtMostEvery = 1;
/** Seconds that a target has to answer one. */
const probeTimeout = 2;

/**
 * Asks the targets in the background while no run does, so that what is known of them is true.
 * @returns what ends it.
 */
export function startProbes(connections: Connections, isRecording: () => boolean): () => void {
  const ending = new AbortController();
  let waking = new AbortController();
  connections.onChange(() => {
    waking.abort();
  });
  async function loop(): Promise<void> {
    while (!ending.signal.aborted) {
      waking = new AbortController();
      if (!isRecording()) await connections.probe(probeTimeout, 'unread');
      await pause(probeAtMostEvery);
      await pause(probeEvery - probeAtMostEvery, waking.signal);
    }
  }
  void loop();
  return () => {
    ending.abort();
    waking.abort();
  };
}

async function pause(seconds: number, signal?: AbortSignal): Promise<void> {
  await sleep(seconds * 1000, undefined, { ref: false, ...(signal && { signal }) }).catch(() => undefined);
}
