import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../exporter/serve/log.ts';
import { writeAtomically } from '../csv/atomic.ts';
import { manifestText } from '../csv/manifestText.ts';
import { manifestName } from '../csv/makeFolder.ts';
import { removeStopTrace } from '../csv/stopTrace.ts';
import type { Manifest } from '../run/manifest.ts';
import type { StoppedRun } from '../run/recording.ts';
import { readManifest } from './readManifest.ts';

/** Seconds between two tries. */
const pause = 2;

/**
 * Writes the last run.json of a run, which could not be written when it was stopped, as soon as it can be:
 * making room is enough. What could not be cut off the files is cut off then. Given up with the signal, and
 * when the run is deleted.
 */
export async function writeLastManifest(
  path: string,
  stopped: Pick<StoppedRun, 'manifest' | 'cut'>,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const { manifest } = stopped;
  const { run } = manifest;
  do {
    await sleep(pause * 1000, undefined, { ref: false, signal }).catch(() => undefined);
    if (signal.aborted || !(await isSame(path, manifest))) return;
  } while (!(await isWritten(path, stopped)));
  log.info({ run, path }, `the last ${manifestName} of the run could be written now`);
}

/** Another run may have got the name of one that was deleted. */
async function isSame(path: string, { run, start }: Manifest): Promise<boolean> {
  const found = await readManifest(path);
  return found?.state === 'recording' && found.run === run && found.start === start;
}

async function isWritten(
  path: string,
  { manifest, cut }: Pick<StoppedRun, 'manifest' | 'cut'>,
): Promise<boolean> {
  try {
    await cut();
    await writeAtomically(join(path, manifestName), manifestText(manifest));
    await removeStopTrace(path);
    return true;
  } catch {
    return false;
  }
}
