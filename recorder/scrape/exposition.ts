import type { Answer } from './answer.ts';
import { collect } from './collected.ts';
import { createFollower, type Position } from './follower.ts';
import { createKeptValues } from './keptValues.ts';
import { emptyLayout, type Layout } from './layout.ts';
import { createNotes, type Gap, noNotes } from './notes.ts';
import { requireNumber } from './number.ts';
import { createPlaces } from './place.ts';
import { requireFewSamples, tooManySamples } from './sampleCount.ts';
import { createLineReader, type SampleLine } from './sampleLines.ts';
import { viewOf } from './sameBytes.ts';
import { bytesPerStep } from './step.ts';
import type { Target } from './target.ts';

export { ExpositionError } from './expositionError.ts';

export interface AnswerLimits {
  /** Of a daemon, the series of the metric table become rows; of a further target all are others. */
  readonly role: Target['role'];
  readonly maxSamples: number;
  /** Bytes. A longer body is not kept to be compared with; default 32 MiB: some 7,000 processes of Kubernetes. */
  readonly mostKept?: number;
}

/** A row costs far more than a sample, and no kubemon exporter has so few samples a row. */
const samplesPerRow = 10;
/** A line that is read for itself takes so many times as long as one that is followed. */
const workPerByte = 16;
const linesPerStep = 100;
/** What is broken off is put in order without pauses: more samples would take longer than a turn. */
const mostBrokenOff = 20_000;

/** Reads one body; pauses every some hundred microseconds. @throws ExpositionError */
export type AnswerReader = (body: Buffer) => Generator<void, Answer>;

/** A reader that never pauses. */
export function createAnswerParser(limits: AnswerLimits): (body: Buffer) => Answer {
  const read = createAnswerReader(limits);
  return (body) => {
    const steps = read(body);
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) return value;
    }
  };
}

/**
 * A reader of the bodies of one target, in the Prometheus text format 0.0.4 or OpenMetrics 1.0:
 *
 *     # HELP kubemon_container_pids Processes and threads.
 *     kubemon_container_pids{namespace="",pod="",container="web",container_id="0123456789ab"} 12
 *     http_requests_total{code="200"} 1027 1395066363000
 *     http_request_seconds_bucket{le="0.1"} 8 # {trace_id="abc"} 0.067 1520879607.789
 *
 * A value goes on as it is written. A timestamp or exemplar behind it is left out: the sample counts
 * for the tick that it was scraped on, as with Prometheus' honor_timestamps: false. Should a kubemon
 * series come twice, nobody can tell which value is true: an error. Of other series all samples are
 * kept, in their order.
 *
 * Scrape by scrape a target says the same series in the same order. So all that lies between two values is
 * first compared with what lay there in the last body, byte by byte (see createFollower); only what is
 * different there is read for itself, line by line. A body that is broken off has taught what was read all the
 * same, unless that is too much to be put in order at once: the next one is read faster.
 * Anything else is an error, also invalid UTF-8, a line that is too long and a body that ends within one.
 */
export function createAnswerReader({ role, maxSamples, mostKept = 1 << 25 }: AnswerLimits): AnswerReader {
  const keep = createKeptValues();
  let last: Layout = emptyLayout();

  return function* (body) {
    const before = last;
    const view = viewOf(body);
    const position: Position = { at: 0, line: 1, samples: 0 };
    const collected = collect(body, Math.max(1000, maxSamples / samplesPerRow), before);
    const isKept = body.length <= mostKept;
    const notes = isKept ? createNotes(before) : noNotes;
    const follower = createFollower(before, body, view);
    const lines = createLineReader(body);
    const placeOf = createPlaces(role);
    let isCounted = false;

    /** Reads for itself what follows the last value, up to the next; false at the end of the body. */
    function* readLines(): Generator<void, boolean> {
      let { at, line } = position;
      if (position.samples > 0) at = lines.finish(at, line++);
      for (let skipped = 0; at < body.length; line++) {
        if (++skipped % linesPerStep === 0) yield;
        const { sample, end } = lines.next(at, line);
        at = end;
        if (sample === undefined) continue;
        if (!isCounted) yield* requireFewSamples(body, maxSamples);
        isCounted = true;
        if (position.samples === maxSamples) throw tooManySamples(line, maxSamples);
        const place = placeOf(sample.raw, line);
        requireNumber(sample.value, line);
        const row = collected.add(place, sample, line);
        const column = place.kind === 'cell' ? place.column : 0;
        const gap = gapBefore(sample, position.at, line - position.line);
        notes.add(body, gap, row, column, end - sample.valueStart);
        follower.meet(sample);
        position.at = end;
        position.line = line;
        position.samples++;
        return true;
      }
      return false;
    }

    function* learn(): Generator<void, Answer> {
      const { samples } = position;
      const { answer, layout } = yield* collected.finish(samples);
      if (!isKept) {
        // Compared with an older body, the next one would hide what fell since this one.
        last = emptyLayout();
        return answer;
      }
      const noted = yield* notes.all();
      // The memory of the values before is written over: what may fail comes first.
      last = { ...noted, values: keep(view, noted, samples), samples, ...layout };
      notes.release(noted);
      return answer;
    }

    function learnAtOnce(): void {
      try {
        Array.from(learn());
      } catch (error) {
        last = emptyLayout();
        throw error;
      }
    }

    let isOver = false;
    try {
      for (let work = 0; ;) {
        const begin = position.at;
        follower.follow(position, { maxSamples, maxBytes: bytesPerStep - work }, collected, notes);
        const behind = position.at;
        work += behind - begin;
        if (work >= bytesPerStep) {
          yield;
          work = 0;
          continue;
        }
        if (!(yield* readLines())) break;
        work += workPerByte * (position.at - behind);
      }
      const answer = yield* learn();
      isOver = true;
      return answer;
    } catch (error) {
      isOver = true;
      last = emptyLayout();
      throw error;
    } finally {
      // Whoever breaks it off does not come back to it, so it makes no pauses.
      const { samples } = position;
      const isWorthIt = samples > before.samples && samples <= mostBrokenOff;
      if (!isOver && isWorthIt) learnAtOnce();
      else if (!isOver) notes.forget();
    }
  };
}

function gapBefore({ raw, start, valueStart }: SampleLine, behindLast: number, lines: number): Gap {
  const brace = raw.indexOf('{');
  const labels = brace < 0 ? valueStart : start + brace + 1;
  return { start: behindLast, labels, value: valueStart, lines };
}
