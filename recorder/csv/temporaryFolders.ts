import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** The name of a run's folder while it is being made or deleted: .RUN.UUID */
export function temporaryFolderName(run: string): string {
  return `.${run}.${randomUUID()}`;
}

const temporaryFolder =
  /^\.[A-Za-z0-9][A-Za-z0-9._=-]{0,127}\.[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The paths of those that a crash left. Not while a recorder works in this OUTPUT_DIR. */
export async function temporaryFolders(outputDir: string): Promise<readonly string[]> {
  const folders = await foldersIn(outputDir);
  const found = [folders];
  // The parts of a run lie in its folder.
  for (const folder of folders) {
    if (!basename(folder).startsWith('.')) found.push(await foldersIn(folder).catch(() => []));
  }
  return found.flat().filter((path) => temporaryFolder.test(basename(path)));
}

async function foldersIn(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
}
