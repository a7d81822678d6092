import { existsSync } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../exporter/serve/log.ts';
import { writeAtomically } from '../csv/atomic.ts';
import { DamagedRunError, manifestText } from '../csv/folder.ts';
import { journalName } from '../csv/journal.ts';
import { manifestName } from '../csv/makeFolder.ts';
import { readStopTrace } from '../csv/stopTrace.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import type { Manifest } from '../run/manifest.ts';
import { finishRun } from './finishRun.ts';
import { isResumable, readManifest } from './readManifest.ts';
import { isRunName } from './runStore.ts';

/**
 * The run that a recorder left unfinished, to go on with: of several, which is no recorder's doing, that
 * which was started last. Of the others, those that were stopped are finished; the rest, and those that
 * nobody can go on with, are marked as interrupted.
 */
export async function findUnfinishedRun(outputDir: string, log: Log): Promise<Manifest | undefined> {
  const entries = await readdir(outputDir, { withFileTypes: true });
  const unfinished: Manifest[] = [];
  const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  for (const entry of folders.filter(({ name }) => isRunName(name))) {
    const { name } = entry;
    const folder = join(outputDir, name);
    const left = await readManifest(folder);
    if (left === undefined) tellJournal(folder, log);
    if (left?.state !== 'recording') continue;
    if (entry.isSymbolicLink()) {
      log.error(
        { path: folder },
        `${folder} is a symbolic link: its run is not gone on with and stays as it is.`,
      );
      continue;
    }
    const manifest = await withStop(folder, left, log);
    if (manifest === undefined) continue;
    const obstacle = await obstacleTo(folder, name, manifest);
    if (obstacle === undefined) unfinished.push(manifest);
    else await markInterrupted(outputDir, name, manifest, obstacle, log);
  }
  const [newest, ...others] = unfinished.toSorted((a, b) => b.start.localeCompare(a.start));
  for (const other of others) {
    if (other.stop === undefined) {
      const why = 'a run that was started later is unfinished, too.';
      await markInterrupted(outputDir, other.run, other, why, log);
    } else await finish(outputDir, other, log);
  }
  return newest;
}

async function finish(outputDir: string, manifest: Manifest, log: Log): Promise<void> {
  const { run } = manifest;
  try {
    await finishRun(outputDir, manifest, log);
  } catch (error) {
    const reason = messageOf(error);
    if (error instanceof DamagedRunError) await markInterrupted(outputDir, run, manifest, reason, log);
    else log.error({ run, reason }, `Run ${run} was stopped, but cannot be finished now`);
  }
}

/**
 * run.json, which tells now that the run was stopped, if the folder did in its place. Undefined: it still
 * cannot be written, and the run stays as it is.
 */
async function withStop(folder: string, manifest: Manifest, log: Log): Promise<Manifest | undefined> {
  const stop = await readStopTrace(folder);
  if (stop === undefined) return manifest;
  const stopped = { ...manifest, stop };
  try {
    await writeAtomically(join(folder, manifestName), manifestText(stopped));
    return stopped;
  } catch (error) {
    const { run } = manifest;
    log.error(
      { run, path: folder, reason: messageOf(error) },
      `Run ${run} was stopped, but its ${manifestName} cannot be written: make room and start the recorder again.`,
    );
    return undefined;
  }
}

/** A journal is a run's: then something has become of its run.json. */
function tellJournal(path: string, log: Log): void {
  if (!existsSync(join(path, journalName))) return;
  log.error({ path }, `${path} is no run, and stays as it is: its ${manifestName} is missing or none.`);
}

async function obstacleTo(folder: string, name: string, manifest: Manifest): Promise<string | undefined> {
  if (manifest.run !== name) return `its folder was renamed or copied: it was called ${manifest.run}.`;
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
  outputDir: string,
  run: string,
  manifest: Manifest,
  why: string,
  log: Log,
): Promise<void> {
  const folder = join(outputDir, run);
  log.error({ run, path: folder }, `Run ${run} is not gone on with and stays as it is, interrupted: ${why}`);
  const text = manifestText({ ...manifest, state: 'interrupted' });
  await writeAtomically(join(folder, manifestName), text).catch((error: unknown) => {
    log.error({ run, reason: messageOf(error) }, `${manifestName} could not be written`);
  });
}
