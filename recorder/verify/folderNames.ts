import { readdir } from 'node:fs/promises';
import { journalName } from '../csv/journal.ts';
import { manifestName } from '../csv/makeFolder.ts';
import { resumeLogName } from '../csv/resumeLog.ts';
import { traceName } from '../csv/stopTrace.ts';
import type { Tell } from './finding.ts';

export interface FolderNames {
  readonly hasJournal: boolean;
  /** The name of the resume log: while run.json does not tell the stop, it has another. */
  readonly resumeLog: string | undefined;
}

/** Which files there are. What is none of the run's is told. */
export async function readFolderNames(
  folder: string,
  files: readonly string[],
  tell: Tell,
): Promise<FolderNames> {
  const names = (await readdir(folder)).toSorted();
  const resumeLog = names.find((name) => name === resumeLogName || traceName.test(name));
  const own = new Set([...files, manifestName, journalName, resumeLog]);
  for (const file of names.filter((name) => !own.has(name))) {
    const sentence =
      file === `.${manifestName}`
        ? `is left of a ${manifestName} that was not written to its end, and may be deleted`
        : 'is none of the files of the run';
    tell({ file, severity: 'note', sentence });
  }
  return { hasJournal: names.includes(journalName), resumeLog };
}
