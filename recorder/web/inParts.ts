import type { Manifest } from '../api.ts';

/** Whether the files of a run lie in parts, with several recorders: there is none of the whole run to be read. */
export function isInParts({ shard, parts }: Pick<Manifest, 'shard' | 'parts'>): boolean {
  return shard !== undefined || parts !== undefined;
}

/** What to do about it: a sentence. */
export function partsHint({ run, shards = 1 }: Pick<Manifest, 'run' | 'shards'>): string {
  return `Its parts lie with ${shards} recorders: kubemon fetch ${run} --merge makes them one.`;
}
