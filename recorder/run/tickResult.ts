import type { TickResult } from '../api.ts';
import { isoTime } from '../csv/rows.ts';
import type { Outcome } from './connection.ts';
import { scrapeRecord } from './scrapeRecord.ts';

/** What is told of a tick that was written. */
export function tickResult(
  run: string,
  tick: number,
  outcomes: readonly Outcome[],
  rows: number,
): TickResult {
  return {
    run,
    timestamp: isoTime(tick),
    state: 'done',
    rows,
    targets: outcomes.map((each) => targetResult(tick, each)),
  };
}

export function droppedTick(run: string, tick: number, reason: string): TickResult {
  return { run, timestamp: isoTime(tick), state: 'dropped', reason, rows: 0, targets: [] };
}

function targetResult(tick: number, outcome: Outcome): TickResult['targets'][number] {
  const target = outcome.target.name;
  if (!outcome.up) return { target, up: false, error: outcome.error };
  const { skewSeconds } = scrapeRecord(tick, outcome);
  return {
    target,
    up: true,
    samples: outcome.answer.samples,
    ...(skewSeconds !== undefined && { skewSeconds }),
  };
}
