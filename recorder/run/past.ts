import { join } from 'node:path';
import type { CsvFileName } from '../csv/columns.ts';
import type { EventKind } from '../csv/event.ts';
import { readLines } from '../csv/readLines.ts';
import { readRecords } from '../csv/readRows.ts';
import { parseResumeLine } from '../csv/resumeLog.ts';
import { resumeLogIn } from '../csv/stopTrace.ts';
import type { Interruption, Manifest } from './manifest.ts';
import { createMarks, type Marks } from './marks.ts';
import { createMembership, type Membership } from './membership.ts';
import { createRemembered, type LastAnswer, readPastLives, remember } from './pastLives.ts';
import { readPastScrapes, secondsOf } from './pastScrapes.ts';
import { createProgress, type Progress } from './progress.ts';
import type { PastTicks } from './tickWriter.ts';

/** What a run had come to when its recorder ended. Times are seconds since the epoch. */
export interface Past extends PastTicks {
  /** Of what is committed; the ticks that were dropped do not count in it yet. */
  readonly progress: Progress;
  readonly marks: Marks;
  /** The run's first tick; absent: no tick was written. */
  readonly first?: number;
  /** The last tick that was written. */
  readonly last?: number;
  /** Ticks after the last that are told to be dropped or lost already. */
  readonly droppedAfterLast: number;
  /** The recorder was asked to end and to go on later. */
  readonly isSuspended: boolean;
}

/**
 * Reads it from the run's folder.
 * @param lengths bytes of the CSV files that count; absent: they are cut to what is committed.
 */
export async function readPast(
  path: string,
  { daemons }: Pick<Manifest, 'daemons'>,
  lengths: ReadonlyMap<string, number> = new Map(),
): Promise<Past> {
  const records = (file: CsvFileName) => readRecords(join(path, file), lengths.get(file));
  const progress = createProgress();
  const log = await readResumeLog(join(path, await resumeLogIn(path)));
  for (const interruption of log.interruptions) progress.interrupted(interruption);

  const membership = createMembership();
  const answers = new Map<string, LastAnswer>();
  let last: number | undefined;
  const roles = new Map(daemons.map(({ name, role }) => [name, role]));
  const scrapes = readPastScrapes(join(path, 'scrapes.csv'), roles, lengths.get('scrapes.csv'));
  for await (const { tick, results, records: scraped } of scrapes) {
    progress.done(tick, results, scraped);
    membership(tick, results);
    for (const { target, node, role, up } of results) {
      if (up && role === 'daemon') answers.set(target.name, { tick, node });
    }
    last = tick;
  }

  const dropped = new Set<number>();
  for await (const row of records('events.csv')) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by this program
    const kind = row['kind'] as EventKind;
    const timestamp = secondsOf(row['timestamp']);
    progress.happened([{ kind, detail: row['detail'] ?? '' }]);
    if (kind === 'tick_dropped' && timestamp > (last ?? -Infinity)) dropped.add(timestamp);
  }
  const marks = createMarks();
  for await (const row of records('marks.csv')) {
    marks.add({ timestamp: secondsOf(row['timestamp']), label: row['label'] ?? '' });
  }
  const { first, interruptions, isSuspended } = log;
  return {
    progress,
    membership: onceFound(membership),
    lives: await readPastLives(path, log.remembered, answers),
    marks,
    ...(first !== undefined && { first }),
    ...(last !== undefined && { last }),
    droppedAfterLast: dropped.size + lostAfter(last, interruptions),
    isSuspended,
  };
}

/** A recorder may end again before it has written a tick. */
function lostAfter(last: number | undefined, interruptions: readonly Interruption[]): number {
  return interruptions
    .filter(({ to }) => last === undefined || secondsOf(to) > last)
    .reduce((sum, { ticks }) => sum + ticks, 0);
}

/** Discovery has to find the targets again: until it has found one, nobody is told to have left. */
function onceFound(membership: Membership): Membership {
  let isFound = false;
  return (tick, outcomes) => {
    isFound ||= outcomes.length > 0;
    return isFound ? membership(tick, outcomes) : [];
  };
}

async function readResumeLog(path: string) {
  const remembered = createRemembered();
  const interruptions: Interruption[] = [];
  let first: number | undefined;
  let isSuspended = false;
  for await (const { line } of readLines(path)) {
    const record = parseResumeLine(line);
    isSuspended = record.kind === 'suspended';
    if (record.kind === 'first') first = record.tick;
    else if (record.kind === 'interruption') {
      const { from, to, ticks } = record;
      interruptions.push({ from, to, ticks });
    } else remember(remembered, record);
  }
  return { remembered, interruptions, first, isSuspended };
}
