import type { RunEvent } from '../csv/event.ts';
import type { RunFolder } from '../csv/folder.ts';
import { containerLines, eventLines, markLines, scrapeLines } from '../csv/recordLines.ts';
import type { ContainerLife, Mark, ScrapeRecord } from '../csv/records.ts';
import { type CsvLines, createAnswerWriter } from '../csv/rows.ts';
import type { Outcome } from './connection.ts';
import { createLives, type Lives } from './lives.ts';
import { createMembership } from './membership.ts';
import type { Progress } from './progress.ts';
import { ownRecord, scrapeRecord } from './scrapeRecord.ts';

/** Turns what the targets answered into rows, a tick at a time and in the order of the ticks. */
export interface TickWriter {
  /** Resolves with the number of rows. @throws when the tick could not be written: it is then dropped. */
  write(tick: number, outcomes: readonly Outcome[]): Promise<number>;
  /** Rows that go with the next tick that is written. */
  note(event: RunEvent): void;
  mark(mark: Mark): void;
  /** The last rows: what waits, and the containers that are still alive. Not committed. */
  end(): void;
}

/** Rows that are not lost when a tick is dropped, but go with the next one. */
interface Waiting {
  readonly events: readonly RunEvent[];
  readonly ended: readonly ContainerLife[];
  readonly marks: readonly Mark[];
}

const nothing: Waiting = { events: [], ended: [], marks: [] };
/** While a disk is full more are not kept: the oldest go. */
const maxWaitingEvents = 100_000;

export function createTickWriter(folder: RunFolder, progress: Progress): TickWriter {
  const answerLines = createAnswerWriter();
  const membership = createMembership();
  const lives = new Map<string, Lives>();
  let waiting: Waiting = nothing;
  /** Events that nobody will read. */
  let lost = 0;

  function wait({ events = [], ended = [], marks = [] }: Partial<Waiting>): void {
    waiting = {
      events: waiting.events.concat(events),
      ended: waiting.ended.concat(ended),
      marks: waiting.marks.concat(marks),
    };
  }

  function livesOf(target: string): Lives {
    const known = lives.get(target) ?? createLives(target);
    lives.set(target, known);
    return known;
  }

  function follow(tick: number, outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) {
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

  function sampleLines(
    tick: number,
    outcomes: readonly Outcome[],
    records: readonly ScrapeRecord[],
  ): readonly CsvLines[] {
    return outcomes.flatMap((outcome, index) =>
      outcome.up
        ? answerLines(outcome.answer, {
            timestamp: tick,
            collectedAt: records[index]?.collectedAt,
            node: outcome.node,
            target: outcome.target.name,
          })
        : [],
    );
  }

  function append(lines: readonly CsvLines[]): readonly CsvLines[] {
    const written = lines.filter(({ rows }) => rows > 0);
    for (const each of written) folder.append(each);
    return written;
  }

  function waitingLines(): readonly CsvLines[] {
    return [eventLines(waiting.events), containerLines(waiting.ended), markLines(waiting.marks)];
  }

  return {
    async write(tick, outcomes) {
      follow(tick, outcomes);
      const records = outcomes.map((outcome) => scrapeRecord(tick, outcome));
      const kept = waiting;
      const lines = append([
        ...sampleLines(tick, outcomes, records),
        scrapeLines([...records, ownRecord(tick)]),
        ...waitingLines(),
      ]);
      waiting = nothing;
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
      return lines.reduce((sum, { rows }) => sum + rows, 0);
    },
    note: (event) => {
      wait({ events: [event] });
    },
    mark: (mark) => {
      wait({ marks: [mark] });
    },
    end() {
      for (const each of lives.values()) wait({ ended: each.alive() });
      append(waitingLines());
      progress.happened(waiting.events);
      if (lost > 0)
        progress.trouble(`${lost} events are not in events.csv: nothing could be written for too long.`);
    },
  };
}
