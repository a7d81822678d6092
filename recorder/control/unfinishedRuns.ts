import { existsSync } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../exporter/serve/log.ts';
import { writeAtomically } from '../csv/atomic.ts';
import { DamagedRunError } from '../csv/folder.ts';
import { journalName } from '../csv/journal.ts';
import { manifestName } from '../csv/makeFolder.ts';
import { manifestText } from '../csv/manifestText.ts';
import { readStopTrace, removeStopTrace } from '../csv/stopTrace.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import type { Manifest, Verdict } from '../run/manifest.ts';
import { isMerged } from '../shards/isMerged.ts';
import { partFolders } from '../shards/partFolders.ts';
import { runFolderName } from '../shards/runFolderName.ts';
import type { Shard } from '../shards/shard.ts';
import { finishRun } from './finishRun.ts';
import { isResumable, readManifest } from './readManifest.ts';
import { isRunName } from './runNames.ts';

/** What recorders left unfinished in OUTPUT_DIR. */
export interface UnfinishedRuns {
  /** The run to go on with, if there is one. */
  readonly newest?: Manifest;
  /** Runs that were stopped and cannot be finished now, for their disk does not let. */
  readonly stopped: readonly Manifest[];
}

/**
 * Looks for them, and finishes those that were stopped. To go on with is of several, which is no recorder's
 * doing, that which was started last; the rest, and those that nobody can go on with, are marked as
 * interrupted.
 */
export async function findUnfinishedRuns(
  outputDir: string,
  log: Log,
  shard?: Shard,
): Promise<UnfinishedRuns> {
  const entries = await readdir(outputDir, { withFileTypes: true });
  const unfinished: Manifest[] = [];
  const stopped: Manifest[] = [];
  const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  for (const entry of folders.filter(({ name }) => isRunName(name))) {
    if (entry.isSymbolicLink()) {
      tellLink(join(outputDir, runFolderName({ run: entry.name, ...shard })), log);
      continue;
    }
    for (const name of await placesIn(outputDir, entry.name, shard)) {
      const folder = join(outputDir, name);
      const left = await readManifest(folder);
      if (left === undefined) tellJournal(folder, log);
      if (left?.state !== 'recording') continue;
      const trace = await readStopTrace(folder);
      const manifest = trace === undefined ? left : { ...left, stop: trace.stop };
      const obstacle =
        trace?.kind === 'failed' ? syncFailed : await obstacleTo(folder, name, manifest, shard);
      if (obstacle !== undefined) await markInterrupted(folder, manifest, obstacle, log);
      else if (manifest.stop === undefined) unfinished.push(manifest);
      else if (!(await isFinished(outputDir, manifest, log))) stopped.push(manifest);
    }
  }
  const [newest, ...others] = unfinished.toSorted((a, b) => b.start.localeCompare(a.start));
  for (const other of others) {
    const why = 'a run that was started later is unfinished, too.';
    await markInterrupted(join(outputDir, runFolderName(other)), other, why, log);
  }
  return { stopped, ...(newest && { newest }) };
}

/**
 * Where a run may lie that this recorder has recorded: SHARDS may have been 1 before, or more. The part of
 * another shard was copied here.
 */
async function placesIn(outputDir: string, run: string, shard?: Shard): Promise<readonly string[]> {
  if (shard !== undefined) return [run, runFolderName({ run, shard: shard.shard })];
  const parts = await partFolders(join(outputDir, run));
  return [run, ...parts.map((part) => runFolderName({ run, shard: part.shard }))];
}

/** Why nobody may go on with a run: a sentence, but for its first letter. */
const syncFailed =
  'it was stopped since its files could not be made durable: what they hold behind the last sync is not known.';

async function isFinished(outputDir: string, manifest: Manifest, log: Log): Promise<boolean> {
  const { run } = manifest;
  try {
    await finish(outputDir, manifest, log);
    return true;
  } catch (error) {
    const reason = messageOf(error);
    log.error({ run, reason }, `Run ${run} was stopped, but cannot be finished now: it is tried again`);
    return false;
  }
}

/** Seconds between two tries. */
const pause = 2;

/** Finishes a run that was stopped as soon as its disk lets. Given up with the signal, and when the run is deleted. */
export async function finishWhenPossible(
  outputDir: string,
  manifest: Manifest,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  for (let isDone = false; !isDone;) {
    await sleep(pause * 1000, undefined, { ref: false, signal }).catch(() => undefined);
    const found = await readManifest(join(outputDir, runFolderName(manifest)));
    // Another run may have got the name of one that was deleted.
    if (signal.aborted || found?.state !== 'recording' || found.start !== manifest.start) return;
    isDone = await finish(outputDir, manifest, log).then(
      () => true,
      () => false,
    );
  }
}

/** @throws what the file system says: it may be tried again. */
async function finish(outputDir: string, manifest: Manifest, log: Log): Promise<void> {
  const folder = join(outputDir, runFolderName(manifest));
  // First of all it has to tell that the run was stopped, as the folder may do in its place.
  await writeAtomically(join(folder, manifestName), manifestText(manifest));
  try {
    await finishRun(outputDir, manifest, log);
  } catch (error) {
    if (!(error instanceof DamagedRunError)) throw error;
    await markInterrupted(folder, manifest, error.message, log);
  }
}

/** No link is followed to a run. */
function tellLink(path: string, log: Log): void {
  if (!existsSync(join(path, journalName))) return;
  log.error({ path }, `${path} is a symbolic link: its run is not gone on with and stays as it is.`);
}

/** A journal is a run's: then something has become of its run.json. */
function tellJournal(path: string, log: Log): void {
  if (!existsSync(join(path, journalName))) return;
  log.error({ path }, `${path} is no run, and stays as it is: its ${manifestName} is missing or none.`);
}

async function obstacleTo(
  folder: string,
  name: string,
  manifest: Manifest,
  shard: Shard | undefined,
): Promise<string | undefined> {
  if (isMerged(manifest)) return 'it was put together of the parts of several recorders.';
  if (manifest.shards !== shard?.shards) {
    return `it is of ${manifest.shards ?? 1} recorders, and SHARDS is ${shard?.shards ?? 1} now.`;
  }
  if (runFolderName(manifest) !== name)
    return `its folder was renamed or copied: it was called ${manifest.run}.`;
  if (!isResumable(manifest)) return `its ${manifestName} does not tell its settings.`;
  try {
    await access(join(folder, journalName));
  } catch (error) {
    return `${messageOf(error)}.`;
  }
  return undefined;
}

/** Nobody will go on with the run; its files stay as they are. @param why a sentence, but for its first letter. */
export async function markInterrupted(
  folder: string,
  manifest: Manifest,
  why: string,
  log: Log,
): Promise<void> {
  const { run } = manifest;
  log.error({ run, path: folder }, `Run ${run} is not gone on with and stays as it is, interrupted: ${why}`);
  const verdict = doubted(manifest.verdict, why);
  const text = manifestText({ ...manifest, state: 'interrupted', verdict });
  try {
    await writeAtomically(join(folder, manifestName), text);
    await removeStopTrace(folder);
  } catch (error) {
    log.error({ run, reason: messageOf(error) }, `${manifestName} could not be written`);
  }
}

function doubted({ verdict, reasons, thresholds }: Verdict, why: string): Verdict {
  const reason = `Nobody could go on with the run: ${why}`;
  return { verdict: verdict === 'valid' ? 'degraded' : verdict, reasons: [...reasons, reason], thresholds };
}
