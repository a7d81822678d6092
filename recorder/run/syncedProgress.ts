import { messageOf } from '../../exporter/serve/messageOf.ts';
import type { Manifest } from './manifest.ts';
import { readPast } from './past.ts';
import type { Progress } from './progress.ts';

/**
 * What a run has come to by the rows that are left after a sync has failed: ticks closer than a second apart
 * are told as done before they are synced. All others are dropped.
 * @param before what it had come to by what was written.
 * @param failure a sentence, which speaks against the run.
 */
export async function syncedProgress(
  path: string,
  manifest: Manifest,
  before: Progress,
  failure: string,
): Promise<Progress> {
  const progress = await readProgress(path, manifest, before);
  for (const sentence of before.evidence().troubles) progress.trouble(sentence);
  progress.trouble(failure);
  const lost = before.ticks().planned - progress.ticks().planned;
  if (lost > 0) progress.dropped('Its rows were not made durable.', lost);
  return progress;
}

async function readProgress(path: string, manifest: Manifest, before: Progress): Promise<Progress> {
  try {
    // What could not be cut off lies behind these ends.
    const lengths = new Map(manifest.files.map(({ name, bytes }) => [name, bytes]));
    return (await readPast(path, manifest, lengths)).progress;
  } catch (error) {
    before.trouble(`The rows that are left could not be counted: ${messageOf(error)}`);
    return before;
  }
}
