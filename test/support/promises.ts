import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { committedFiles, journalRecords } from './journal.ts';

/** What a recorder has said to be on the disk, whatever happens to the machine. */
export interface Promised {
  /** Path of the run's folder below the disk's root. */
  readonly folder: string;
  /** The last tick that was told to be done, and the last that was synced by then; ISO 8601. */
  readonly told: string;
  readonly synced: string;
  readonly files: readonly PromisedFile[];
}

interface PromisedFile {
  readonly name: string;
  readonly bytes: number;
  /** Of these bytes, as they are read. */
  readonly sha256: string;
}

const journalName = 'journal.jsonl';

/** What is promised once a tick is told to be done: all up to the last commit by then that was synced. */
export function promisedAt(root: string, folder: string, told: string): Promised | undefined {
  const path = join(root, folder);
  const journal = readFileSync(join(path, journalName), 'utf8');
  const records = journalRecords(journal);
  const end = records.findLastIndex(
    ({ tick, synced }) => synced === true && tick !== null && tick * 1000 <= Date.parse(told),
  );
  const tick = records[end]?.tick ?? undefined;
  if (tick === undefined) return undefined;
  const lengths = committedFiles(records.slice(0, end + 1));
  const journalBytes = journal
    .split('\n')
    .slice(0, end + 1)
    .reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
  const files = [
    ...Array.from(lengths, ([name, { bytes }]) => ({ name, bytes })),
    { name: journalName, bytes: journalBytes },
  ];
  return {
    folder,
    told,
    synced: new Date(tick * 1000).toISOString(),
    files: files.map(({ name, bytes }) => ({
      name,
      bytes,
      sha256: sumOf(readFileSync(join(path, name)).subarray(0, bytes)),
    })),
  };
}

/** What is not there of it, or not the same: a sentence each. */
export function brokenPromises(root: string, { folder, synced, files }: Promised): readonly string[] {
  return files.flatMap(({ name, bytes, sha256 }) => {
    const path = join(root, folder, name);
    if (!existsSync(path)) return [`${folder}/${name}, synced at ${synced}, is not there.`];
    const content = readFileSync(path);
    if (content.length < bytes)
      return [`${folder}/${name} has ${content.length} of ${bytes} bytes that were synced.`];
    return sumOf(content.subarray(0, bytes)) === sha256
      ? []
      : [`${folder}/${name} has other bytes than were synced.`];
  });
}

function sumOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
