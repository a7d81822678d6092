import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DamagedRunError } from '../csv/damagedRunError.ts';
import type { FileState } from '../csv/growingFile.ts';
import { type CommitRecord, journalName, readJournal } from '../csv/journal.ts';
import { isoTime } from '../csv/rows.ts';
import type { CheckedFile } from './checkedFile.ts';
import type { Finding } from './finding.ts';
import { createRecordOrder } from './recordOrder.ts';

/** Where in the journal the checks are; nowhere before and after it. */
export interface JournalPlace {
  /** How many records were read. */
  commits: number;
  /** Of the last of them. */
  tick: number | undefined;
}

export interface JournalOptions {
  readonly files: ReadonlyMap<string, CheckedFile>;
  /** Files of the run that are not here, and need not be. */
  readonly absent: ReadonlySet<string>;
  readonly interval: number | undefined;
  readonly place: JournalPlace;
  readonly tell: (finding: Omit<Finding, 'severity'>) => void;
  /** All files were read to where this record says; `before` is the tick of the last. What is wrong with it. */
  readonly onCommit: (record: CommitRecord, before: number | undefined) => string | undefined;
}

/** What the journal says of the files. */
export interface FollowedJournal {
  /** How far they go by the last record. */
  readonly states: ReadonlyMap<string, FileState>;
  /** Its records are whole up to the end; a torn end is none of them. */
  readonly isWhole: boolean;
  readonly commits: number;
  /** Bytes it has with them. */
  readonly end: number;
  /** Bytes of the torn end. */
  readonly torn: number;
  /** How many records there are up to the last whose commit was made durable. */
  readonly durable: number;
  /** The last tick up to which all files are as committed. */
  readonly wholeTo: number | undefined;
}

/** Reads the journal, and beside it each file as far as the journal says it goes. What is added meanwhile is left out. */
export async function followJournal(folder: string, options: JournalOptions): Promise<FollowedJournal> {
  const { files, absent, place, tell, onCommit } = options;
  const path = join(folder, journalName);
  const { size } = await stat(path);
  const order = createRecordOrder(options.interval);
  const states = new Map<string, FileState>();
  let read = 0;
  let durable = 0;
  let wholeTo: number | undefined;
  let isSound = true;
  let isWhole = true;

  async function follow({ tick, files: grown }: CommitRecord): Promise<void> {
    const when = tick === null ? {} : { tick: isoTime(tick) };
    for (const [name, state] of Object.entries(grown)) {
      if (absent.has(name)) continue;
      const file = files.get(name);
      if (file === undefined) {
        tell({
          file: journalName,
          byte: read,
          line: place.commits,
          ...when,
          sentence: `names ${name}, which is no file of the run`,
        });
        continue;
      }
      states.set(name, state);
      const told = `the commit ${tick === null ? 'of the headers' : `of ${isoTime(tick)}`} in ${journalName}`;
      const fault = await file.advance(state, told);
      if (fault !== undefined) {
        isSound = false;
        tell({ file: name, ...when, ...fault });
      }
    }
  }

  try {
    for await (const { record, end } of readJournal(path)) {
      if (end > size) break;
      place.commits++;
      const before = place.tick;
      place.tick = record.tick ?? undefined;
      const outOfOrder = order(record, end - read);
      await follow(record);
      const sentence = outOfOrder ?? onCommit(record, before);
      if (sentence !== undefined) tell({ file: journalName, line: place.commits, byte: read, sentence });
      read = end;
      if (record.synced === true) durable = place.commits;
      if (isSound) wholeTo = record.tick ?? undefined;
    }
  } catch (error) {
    if (!(error instanceof DamagedRunError)) throw error;
    isWhole = false;
  }
  const { commits } = place;
  place.commits = 0;
  place.tick = undefined;
  if (!isWhole) {
    const sentence = 'what begins here is no record, and a record follows that was made durable';
    tell({ file: journalName, line: commits + 1, byte: read, sentence });
  } else if (commits === 0) tell({ file: journalName, line: 1, byte: 0, sentence: 'has no whole record' });
  const torn = isWhole ? Math.max(0, size - read) : 0;
  return { states, isWhole: isWhole && commits > 0, commits, end: read, torn, durable, wholeTo };
}
