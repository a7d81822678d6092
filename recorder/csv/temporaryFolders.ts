import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The name of a run's folder while it is being made or deleted: .RUN.UUID */
export function temporaryFolderName(run: string): string {
  return `.${run}.${randomUUID()}`;
}

const temporaryFolder =
  /^\.[A-Za-z0-9][A-Za-z0-9._-]{0,127}\.[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The paths of those that a crash left. Not while a recorder works in this OUTPUT_DIR. */
export async function temporaryFolders(outputDir: string): Promise<readonly string[]> {
  const entries = await readdir(outputDir, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && temporaryFolder.test(entry.name))
    .map(({ name }) => join(outputDir, name));
}
