import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../exporter/serve/log.ts';
import { writeAtomically } from '../csv/atomic.ts';
import { manifestText } from '../csv/folder.ts';
import { journalName } from '../csv/journal.ts';
import { manifestName } from '../csv/makeFolder.ts';
import { messageOf } from '../messageOf.ts';
import type { Manifest } from '../run/manifest.ts';
import { isResumable, readManifest } from './readManifest.ts';
import { isRunName } from './runStore.ts';

/**
 * The run that a recorder left unfinished, to go on with: of several, which is no recorder's doing, that
 * which was started last. The others, and those that nobody can go on with, are marked as interrupted.
 */
export async function findUnfinishedRun(outputDir: string, log: Log): Promise<Manifest | undefined> {
  const entries = await readdir(outputDir, { withFileTypes: true });
  const unfinished: Manifest[] = [];
  const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  for (const entry of folders.filter(({ name }) => isRunName(name))) {
    const { name } = entry;
    const folder = join(outputDir, name);
    const manifest = await readManifest(folder);
    if (manifest === undefined) await tellJournal(folder, log);
    if (manifest?.state !== 'recording') continue;
    if (entry.isSymbolicLink()) {
      log.error(
        { path: folder },
        `${folder} is a symbolic link: its run is not gone on with and stays as it is.`,
      );
      continue;
    }
    const obstacle = await obstacleTo(folder, name, manifest);
    if (obstacle === undefined) unfinished.push(manifest);
    else await markInterrupted(outputDir, name, manifest, obstacle, log);
  }
  const [newest, ...others] = unfinished.toSorted((a, b) => b.start.localeCompare(a.start));
  for (const other of others) {
    const why = 'a run that was started later is unfinished, too.';
    await markInterrupted(outputDir, other.run, other, why, log);
  }
  return newest;
}

/** A journal is a run's: then something has become of its run.json. */
async function tellJournal(path: string, log: Log): Promise<void> {
  const hasJournal = await access(join(path, journalName)).then(
    () => true,
    () => false,
  );
  if (!hasJournal) return;
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
    log.error({ err: error, run }, `${manifestName} could not be written`);
  });
}
