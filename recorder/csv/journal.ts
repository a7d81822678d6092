import { z } from 'zod';
import { DamagedRunError } from './damagedRunError.ts';
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

/**
 * The records of a journal, and how many bytes it has with each. It ends before the first line that is no
 * record: what a crash tore was never committed, and of what was not synced a power cut may take any page.
 * @throws DamagedRunError where a record that was synced lies behind that: all before it had to be there.
 */
export async function* readJournal(
  path: string,
): AsyncGenerator<{ readonly record: CommitRecord; readonly end: number }> {
  let whole = 0;
  let isTorn = false;
  for await (const { line, end } of readLines(path)) {
    const record = parseRecord(line);
    isTorn ||= record === undefined;
    if (record === undefined) continue;
    if (!isTorn) {
      whole = end;
      yield { record, end };
    } else if (record.synced === true) {
      throw new DamagedRunError(`${path} is damaged behind byte ${whole}: more records follow.`);
    }
  }
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
