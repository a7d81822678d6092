import type { FileState } from '../../recorder/csv/growingFile.ts';
import type { CommitRecord } from '../../recorder/csv/journal.ts';

/** The whole lines of a journal. */
export function journalRecords(text: string): readonly CommitRecord[] {
  return (
    text
      .split('\n')
      .slice(0, -1)
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the recorder under test
      .map((line) => JSON.parse(line) as CommitRecord)
  );
}

/** How far every file goes by these records. */
export function committedFiles(records: readonly CommitRecord[]): ReadonlyMap<string, FileState> {
  return new Map(records.flatMap(({ files }) => Object.entries(files)));
}
