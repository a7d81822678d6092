import type { RunEvent } from '../csv/event.ts';
import type { RunFolder } from '../csv/folder.ts';
import { containerLines, eventLines, markLines, scrapeLines } from '../csv/recordLines.ts';
import type { ContainerLife, Mark, ScrapeRecord } from '../csv/records.ts';
import { lifeRecord, resumeLines, type ResumeRecord } from '../csv/resumeLog.ts';
import { type AnswerPart, type CsvLines, createAnswerWriter, type Lines } from '../csv/rows.ts';
import type { Answer } from '../scrape/answer.ts';
import { inTurns } from '../scrape/turns.ts';
import type { Outcome } from './connection.ts';
import { createLives, type Lives, type PastLives } from './lives.ts';
import { createMembership, type Membership } from './membership.ts';
import type { Progress } from './progress.ts';
import { ownRecord, scrapeRecord } from './scrapeRecord.ts';

/** Turns what the targets answered into rows, a tick at a time and in the order of the ticks. */
export interface TickWriter {
  /** Resolves with the number of rows. @throws when the tick could not be written: it is then dropped. */
  write(tick: number, outcomes: readonly Outcome[]): Promise<number>;
  /** Rows that go with the next tick that is written. */
  note(event: RunEvent): void;
  mark(mark: Mark): void;
  remember(record: ResumeRecord): void;
  /**
   * Writes the last rows, which are what waits and the containers that are still alive, and closes the folder.
   * @throws as its `close`.
   */
  end(): Promise<void>;
  /** The same of a run that will go on: only what waits. */
  suspend(): Promise<void>;
}

/** What a run was when its recorder ended. */
export interface PastTicks {
  readonly membership: Membership;
  /** By target. */
  readonly lives: ReadonlyMap<string, PastLives>;
}

/** Rows that are not lost when a tick is dropped, but go with the next one. */
interface Waiting {
  readonly events: readonly RunEvent[];
  readonly ended: readonly ContainerLife[];
  readonly marks: readonly Mark[];
  readonly records: readonly ResumeRecord[];
}

const nothing: Waiting = { events: [], ended: [], marks: [], records: [] };
/** While a disk is full more are not kept: the oldest go. */
const maxWaitingEvents = 100_000;

export function createTickWriter(folder: RunFolder, progress: Progress, past?: PastTicks): TickWriter {
  const answerLines = createAnswerWriter();
  const membership = past?.membership ?? createMembership();
  const lives = new Map<string, Lives>(
    Array.from(past?.lives ?? [], ([target, each]) => [target, createLives(target, each)]),
  );
  let waiting: Waiting = nothing;
  /** Events that nobody will read. */
  let lost = 0;

  function wait({ events = [], ended = [], marks = [], records = [] }: Partial<Waiting>): void {
    waiting = {
      events: joined(waiting.events, events),
      ended: joined(waiting.ended, ended),
      marks: joined(waiting.marks, marks),
      records: joined(waiting.records, records),
    };
  }

  function livesOf(target: string): Lives {
    const known = lives.get(target) ?? createLives(target);
    lives.set(target, known);
    return known;
  }

  function* follow(tick: number, outcomes: readonly Outcome[]): Generator<void> {
    for (const outcome of outcomes) {
      yield;
      const { name } = outcome.target;
      if (outcome.up && outcome.role === 'daemon') {
        wait(livesOf(name).next(outcome.answer, tick, outcome.node));
      } else if (!outcome.up && /^too_(many|large)/.test(outcome.error)) {
        const { node, error } = outcome;
        const event = {
          timestamp: tick,
          kind: 'limit_hit',
          node,
          target: name,
          subject: name,
          detail: error,
        } as const;
        wait({ events: [event] });
      }
    }
    wait({ events: membership(tick, outcomes) });
  }

  function* sampleLines(
    tick: number,
    outcomes: readonly Outcome[],
    records: readonly ScrapeRecord[],
  ): Generator<CsvLines> {
    for (const [index, outcome] of outcomes.entries()) {
      if (!outcome.up) continue;
      const moment = {
        timestamp: tick,
        collectedAt: records[index]?.collectedAt,
        node: outcome.node,
        target: outcome.target.name,
      };
      for (const part of partsOf(outcome.answer)) yield* answerLines(part, moment);
    }
  }

  function append(lines: readonly Lines[]): void {
    for (const each of lines) if (each.rows > 0) folder.append(each);
  }

  function* waitingLines({ events, ended, marks }: Waiting): Generator<CsvLines> {
    for (const some of partsOfList(events)) yield eventLines(some);
    for (const some of partsOfList(ended)) yield containerLines(some);
    yield markLines(marks);
  }

  /** Ticks are dropped while earlier ones are not written yet: those wait for their turn. */
  function eventsUpTo(tick: number): Readonly<Record<'due' | 'later', readonly RunEvent[]>> {
    const events = waiting.events.toSorted((a, b) => a.timestamp - b.timestamp);
    const due = events.filter(({ timestamp }) => timestamp <= tick);
    return { due, later: events.slice(due.length) };
  }

  /** All rows of a tick; pauses between the targets and every some thousand rows. */
  function* prepare(tick: number, outcomes: readonly Outcome[], records: readonly ScrapeRecord[]) {
    yield* follow(tick, outcomes);
    const { due, later } = eventsUpTo(tick);
    const kept = { ...waiting, events: due };
    waiting = { ...nothing, events: later };
    const lines: CsvLines[] = [];
    for (const some of sampleLines(tick, outcomes, records)) yield void lines.push(some);
    lines.push(scrapeLines([...records, ownRecord(tick)]));
    for (const some of waitingLines(kept)) yield void lines.push(some);
    return { kept, lines };
  }

  async function close(): Promise<void> {
    const last = { ...waiting, events: eventsUpTo(Infinity).due };
    append([...waitingLines(last), resumeLines(last.records)]);
    waiting = nothing;
    await folder.close();
    progress.happened(last.events);
  }

  return {
    async write(tick, outcomes) {
      const records = outcomes.map((outcome) => scrapeRecord(tick, outcome));
      // Of no size, so that rows are written before the next answers are read.
      const { kept, lines } = await inTurns({ steps: prepare(tick, outcomes, records), size: 0 });
      append([...lines, resumeLines(kept.records)]);
      const written = lines.reduce((sum, { rows }) => sum + rows, 0);
      try {
        await folder.commit(tick);
      } catch (error) {
        // Marks and dropped ticks may have been noted meanwhile.
        const noted = waiting;
        waiting = { ...kept, events: kept.events.slice(-maxWaitingEvents) };
        lost += kept.events.length - waiting.events.length;
        wait(noted);
        throw error;
      }
      progress.done(tick, outcomes, records);
      progress.happened(kept.events);
      return written;
    },
    note: (event) => {
      wait({ events: [event] });
    },
    mark: (mark) => {
      wait({ marks: [mark] });
    },
    remember: (record) => {
      wait({ records: [record] });
    },
    async end() {
      for (const [target, each] of lives) {
        const ended = each.alive();
        wait({ ended, records: ended.map((life) => lifeRecord(target, life, true)) });
      }
      if (lost > 0)
        progress.trouble(`${lost} events are not in events.csv: nothing could be written for too long.`);
      await close();
    },
    suspend: close,
  };
}

/** On most ticks nothing happens on any target: then nothing is copied. */
function joined<T>(list: readonly T[], more: readonly T[]): readonly T[] {
  return more.length === 0 ? list : list.concat(more);
}

const rowsAtOnce = 1000;

function* partsOfList<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < list.length; start += rowsAtOnce) yield list.slice(start, start + rowsAtOnce);
}

function* partsOf(answer: Answer): Generator<AnswerPart> {
  if (answer.rows.length + answer.others.length <= rowsAtOnce) {
    yield answer;
    return;
  }
  for (const rows of partsOfList(answer.rows)) yield { rows, others: [] };
  for (const others of partsOfList(answer.others)) yield { rows: [], others };
}
