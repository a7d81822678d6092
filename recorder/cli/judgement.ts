import type { RunStatus, StatusAnswer } from '../api.ts';
import { plain } from './plain.ts';
import { counted, duration } from './quantity.ts';

/** Whether what is on is recorded properly, and why: a sentence. */
export interface Judgement {
  readonly answer: 'Yes' | 'Partly' | 'Not yet' | 'No';
  readonly why: string;
}

/** A tick is told when its answers are there, within an interval: so many later, and some seconds, one is missing. */
const usualDelay = { intervals: 3, seconds: 2 };

/** What is wrong now comes before what was wrong earlier in the run. */
export function judge({ message, daemons, discovery, recording }: StatusAnswer): Judgement {
  if (recording === undefined) return { answer: 'No', why: plain(message) };
  const wrong = wrongNow(recording) ?? missing(daemons);
  if (wrong !== undefined) return { answer: 'No', why: wrong };
  if (recording.lastTick === undefined) return { answer: 'Not yet', why: 'The first tick is to come.' };
  const [reason = '', ...others] = recording.verdict.reasons;
  const more = others.length === 0 ? '' : ` (and ${counted(others.length, 'more reason')} below)`;
  switch (recording.verdict.verdict) {
    case 'inconclusive':
      return { answer: 'No', why: `The run is inconclusive so far. ${plain(reason)}${more}` };
    case 'degraded':
      return {
        answer: 'Partly',
        why: `All is recorded now, but the run is degraded. ${plain(reason)}${more}`,
      };
    case 'valid': {
      const [problem] = discovery ?? [];
      if (problem !== undefined) return { answer: 'Partly', why: plain(problem.message) };
      return { answer: 'Yes', why: 'Every daemon was scraped on every tick, on time.' };
    }
  }
}

/** Of the writing and of the last tick. */
function wrongNow(run: RunStatus): string | undefined {
  const { problems = [], lastTick, interval } = run;
  const [problem] = problems;
  if (problem !== undefined) return plain(problem.message);
  const [error, ...others] = tickErrors(lastTick);
  const more = others.length === 0 ? '' : ` (and ${counted(others.length, 'other')} below)`;
  if (error !== undefined) return `${error}${more}`;
  const silence = silenceOf(run);
  if (silence <= interval * usualDelay.intervals + usualDelay.seconds) return undefined;
  return `The last tick was ${duration(Math.round(silence))} ago.`;
}

/** Seconds since the last tick, or the start, by the recorder's clock. */
function silenceOf({ start, elapsed, lastTick }: RunStatus): number {
  return lastTick === undefined
    ? elapsed
    : elapsed - (Date.parse(lastTick.timestamp) - Date.parse(start)) / 1000;
}

/** What went wrong on a tick: sentences. */
export function tickErrors(tick: RunStatus['lastTick']): readonly string[] {
  if (tick === undefined) return [];
  if (tick.state === 'dropped') return [`The last tick was dropped: ${plain(tick.reason ?? 'unknown')}`];
  return tick.targets
    .filter(({ up }) => !up)
    .map(
      ({ target, error }) =>
        `${plain(target)} was not scraped on the last tick (${plain(error ?? 'unknown')}).`,
    );
}

function missing({ connected, expected }: StatusAnswer['daemons']): string | undefined {
  if (expected === 0) return 'No daemon is expected, and none is connected: see kubemon daemons.';
  return connected < expected
    ? `Only ${connected} of ${counted(expected, 'expected daemon')} are connected: see kubemon daemons.`
    : undefined;
}
