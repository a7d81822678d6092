import type { EventKind, RunEvent } from '../csv/event.ts';
import type { ScrapeRecord } from '../csv/records.ts';
import { createAlignmentMeter } from './alignment.ts';
import { tally, type TargetTally } from './coverage.ts';
import type { Interruption } from './manifest.ts';
import type { TargetResult } from './targetResult.ts';
import type { Evidence } from './verdict.ts';

/** All that a run has come to so far, from which its status, run.json and verdict are made. */
export interface Progress {
  /** A tick whose rows are written. */
  done(
    tick: number,
    outcomes: readonly TargetResult[],
    records: readonly Pick<ScrapeRecord, 'target' | 'skewSeconds'>[],
  ): void;
  dropped(reason: string, ticks?: number): void;
  /** The recorder was away; the ticks that it lost are dropped. */
  interrupted(interruption: Interruption): void;
  happened(events: readonly Pick<RunEvent, 'kind' | 'detail'>[]): void;
  /** What else speaks against the run; of one subject, what was said last. The same sentence counts once. */
  trouble(sentence: string, subject?: string): void;
  ticks(): ProgressTicks;
  evidence(): Omit<Evidence, 'intervalSeconds' | 'expected'>;
}

export interface ProgressTicks {
  readonly planned: number;
  readonly done: number;
  readonly dropped: number;
  /** Seconds since the epoch, of those done. */
  readonly first?: number;
  readonly last?: number;
}

export function createProgress(): Progress {
  const meter = createAlignmentMeter();
  const targets = new Map<string, TargetTally>();
  const events: Partial<Record<EventKind, number>> = {};
  const firstEvents: Partial<Record<EventKind, string>> = {};
  const interruptions: Interruption[] = [];
  const troubles = new Map<string, string>();
  let ticks: Omit<ProgressTicks, 'planned'> = { done: 0, dropped: 0 };

  /** Each tick of the run is done or dropped. */
  function tellTicks(): ProgressTicks {
    return { planned: ticks.done + ticks.dropped, ...ticks };
  }

  return {
    done(tick, outcomes, records) {
      ticks = { ...ticks, done: ticks.done + 1, first: ticks.first ?? tick, last: tick };
      const skews = new Map(records.map(({ target, skewSeconds }) => [target, skewSeconds]));
      for (const outcome of outcomes) {
        const { name } = outcome.target;
        targets.set(name, tally(targets.get(name), outcome));
        if (outcome.clock) meter.add(name, skews.get(name), outcome.clock);
      }
    },
    dropped(reason, count = 1) {
      firstEvents.tick_dropped ??= reason;
      ticks = { ...ticks, dropped: ticks.dropped + count };
    },
    interrupted(interruption) {
      interruptions.push(interruption);
      ticks = { ...ticks, dropped: ticks.dropped + interruption.ticks };
    },
    happened(list) {
      for (const { kind, detail } of list) {
        events[kind] = (events[kind] ?? 0) + 1;
        firstEvents[kind] ??= detail;
      }
    },
    trouble(sentence, subject = sentence) {
      troubles.set(subject, sentence);
    },
    ticks: tellTicks,
    evidence: () => ({
      ticks: tellTicks(),
      targets: [...targets.values()],
      alignment: meter.alignment(),
      clocks: meter.clocks(),
      events: { ...events },
      firstEvents: { ...firstEvents },
      interruptions: [...interruptions],
      troubles: [...new Set(troubles.values())],
    }),
  };
}
