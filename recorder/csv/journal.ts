import { z } from 'zod';
import { readLines } from './readLines.ts';

/** The name of the journal in a run's folder. */
export const journalName = 'journal.jsonl';

const commitRecord = z.object({
  /** Seconds since the epoch; null: not of a tick, but the headers. */
  tick: z.number().nullable(),
  /** Files and journal were made durable with it: a power cut takes at most what follows. */
  synced: z.literal(true).optional(),
  /** How far every file goes that grew: bytes, rows without the header, sha256 of all bytes in hex. */
  files: z.record(
    z.string(),
    z.object({ bytes: z.int().min(0), rows: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
});

/** A tick that is whole in all files. */
export type CommitRecord = z.infer<typeof commitRecord>;

/** {"tick":1767322445,"files":{"node.csv":{"bytes":1234,"rows":2,"sha256":"..."}}} */
export function journalLine(record: CommitRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** The records up to the first line that is torn or no record: what follows it was never committed. */
export function parseJournal(text: string): readonly CommitRecord[] {
  const records: CommitRecord[] = [];
  // What is behind the last line end is torn, or empty.
  for (const line of text.split('\n').slice(0, -1)) {
    const record = parseRecord(line);
    if (record === undefined) break;
    records.push(record);
  }
  return records;
}

/** As parseJournal, of a file of any length; `end` is how many bytes the journal has with the record. */
export async function* readJournal(
  path: string,
): AsyncGenerator<{ readonly record: CommitRecord; readonly end: number }> {
  for await (const { line, end } of readLines(path)) {
    const record = parseRecord(line);
    if (record === undefined) return;
    yield { record, end };
  }
}

/** How far every file goes by these records. */
export function committedFiles(
  records: readonly CommitRecord[],
): ReadonlyMap<string, CommitRecord['files'][string]> {
  return new Map(records.flatMap(({ files }) => Object.entries(files)));
}

function parseRecord(line: string): CommitRecord | undefined {
  return commitRecord.safeParse(fromJson(line)).data;
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
