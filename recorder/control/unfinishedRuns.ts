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
 * which was started last. The others are marked as interrupted.
 */
export async function findUnfinishedRun(outputDir: string, log: Log): Promise<Manifest | undefined> {
  const entries = await readdir(outputDir, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory() && isRunName(entry.name))
    .map(({ name }) => name);
  const unfinished: { readonly name: string; readonly manifest: Manifest }[] = [];
  for (const name of names) {
    const manifest = await readManifest(join(outputDir, name));
    if (manifest?.state === 'recording') unfinished.push({ name, manifest });
  }
  const [newest, ...others] = unfinished.toSorted((a, b) => b.manifest.start.localeCompare(a.manifest.start));
  for (const { name } of others) {
    await markInterrupted(outputDir, name, 'a run that was started later is unfinished, too', log);
  }
  if (newest === undefined) return undefined;
  const { name, manifest } = newest;
  const obstacle = await obstacleTo(join(outputDir, name), newest);
  if (obstacle === undefined) return manifest;
  await markInterrupted(outputDir, name, obstacle, log);
  return undefined;
}

async function obstacleTo(
  folder: string,
  { name, manifest }: { readonly name: string; readonly manifest: Manifest },
): Promise<string | undefined> {
  if (manifest.run !== name) return `its folder was renamed or copied: it was called ${manifest.run}`;
  if (!isResumable(manifest)) return `its ${manifestName} does not tell its settings`;
  try {
    await access(join(folder, journalName));
  } catch (error) {
    return messageOf(error);
  }
  return undefined;
}

/** Nobody will go on with the run; its files stay as they are. */
export async function markInterrupted(outputDir: string, run: string, why: string, log: Log): Promise<void> {
  const folder = join(outputDir, run);
  log.error({ run, path: folder }, `Run ${run} is not gone on with and stays as it is, interrupted: ${why}.`);
  const manifest = await readManifest(folder);
  const text = manifestText({ ...manifest, state: 'interrupted' });
  await writeAtomically(join(folder, manifestName), text).catch((error: unknown) => {
    log.error({ err: error, run }, `${manifestName} could not be written`);
  });
}
