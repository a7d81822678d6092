import type { Answer } from './answer.ts';
import { collect } from './collected.ts';
import { ExpositionError, quoted } from './expositionError.ts';
import { type Place, placeOf, type Thing } from './place.ts';
import { parseSeries, seriesEnd } from './series.ts';
import { endOfPiece, pieceOf } from './pieces.ts';
import { requireFewSamples, tooManySamples } from './sampleCount.ts';
import type { Target } from './target.ts';
import { endOfComment, endOfSample, endOfToken, isBlank, lineAt, skipBlanks } from './text.ts';

export { ExpositionError } from './expositionError.ts';

export interface AnswerLimits {
  /** Of a daemon, the series of the metric table become rows; of a further target all are others. */
  readonly role: Target['role'];
  readonly maxSamples: number;
}

/** A series that a recent scrape had. */
interface Series {
  /** As it stands in the body, up to the value. */
  readonly raw: string;
  readonly place: Place;
  /** Where it stood among the samples of the scrape that had it last. */
  position: number;
}

const hash = 0x23;
const lineFeed = 0x0a;
const openingBrace = 0x7b;
const number = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan)$/i;
const word = /[in]/i;
/** What nearly all values are: the other checks cost more. */
const plainNumber = /^\d{1,20}(?:\.\d{1,20})?$/;
/** A row costs far more than a sample, and no kubemon exporter has so few samples a row. */
const samplesPerRow = 10;
/** New series take some microseconds a line. */
const linesPerStep = 100;

/** Reads one body; pauses between its pieces and every some hundred lines. @throws ExpositionError */
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
 * Scrape by scrape a target says the same series in the same order, so a line is first compared with
 * the one that came next the last time, then looked up by its text; only a new series is parsed.
 * What recent scrapes no longer had is forgotten. A body that is not read to its end has taught its
 * series all the same: the next one is read faster.
 * Anything else is an error, also invalid UTF-8, a line that is too long and a body that ends within one.
 */
export function createAnswerReader({ role, maxSamples }: AnswerLimits): AnswerReader {
  let known = new Map<string, Series>();
  let things = new Map<string, Thing>();
  let last: readonly Series[] = [];

  function learn(raw: string, line: number): Series {
    // A copy: a slice would keep the whole piece alive.
    const copy = Buffer.from(raw).toString();
    const { name, labels } = parseSeries(copy, line);
    const series = { raw: copy, place: placeOf(role, name, labels, things), position: 0 };
    known.set(copy, series);
    return series;
  }

  function keep(series: readonly Series[]): void {
    known = new Map(series.map((one) => [one.raw, one]));
    things = new Map(
      series.flatMap(({ place }) => (place.kind === 'cell' ? [[place.thing.id, place.thing]] : [])),
    );
  }

  /** The series that begins at `at`; `position` is where it is among the samples if nothing changed. */
  function find(text: string, at: number, position: number, line: number): Series {
    const expected = last[position];
    if (expected !== undefined && isAt(expected.raw, text, at)) return expected;
    const end = seriesEnd(text, at);
    if (end < 0) throw new ExpositionError(line, `${quoted(lineAt(text, at))} is not a series and its value`);
    const raw = text.slice(at, end);
    return known.get(raw) ?? learn(raw, line);
  }

  function* read(body: Buffer): Generator<void, Answer> {
    yield* requireFewSamples(body, maxSamples);
    const collected = collect(Math.max(1000, maxSamples / samplesPerRow));
    const current: Series[] = [];
    let position = 0;
    let line = 1;
    for (let start = 0, end = 0; start < body.length; start = end) {
      yield;
      end = endOfPiece(body, start, line);
      const text = pieceOf(body, start, end, line);
      for (let at = 0; at < text.length; at++, line++) {
        if (line % linesPerStep === 0) yield;
        at = skipBlanks(text, at);
        const first = text.charCodeAt(at);
        if (first === lineFeed) continue;
        if (first === hash) {
          at = endOfComment(text, at, line);
          continue;
        }
        if (current.length === maxSamples) {
          throw tooManySamples(line, maxSamples);
        }
        const series = find(text, at, position, line);
        position = series.position + 1;
        series.position = current.length;
        current.push(series);
        const valueStart = skipBlanks(text, at + series.raw.length);
        at = endOfToken(text, valueStart);
        const value = text.slice(valueStart, at);
        if (!isNumber(value)) throw new ExpositionError(line, `the value ${quoted(value)} is not a number`);
        collected.add(series.place, series.raw, value, line);
        if (text.charCodeAt(at) !== lineFeed) at = endOfSample(text, at, line);
      }
    }
    last = current;
    if (known.size > 2 * current.length + 1000) keep(current);
    return collected.answer(current.length);
  }

  return function* (body) {
    let isRead = false;
    try {
      const answer = yield* read(body);
      isRead = true;
      return answer;
    } catch (error) {
      keep([]);
      throw error;
    } finally {
      if (!isRead) last = [];
      if (!isRead && known.size > maxSamples) keep([]);
    }
  };
}

/** Is this series at `at`, and its value behind it? A name alone may go on with labels after a blank. */
function isAt(raw: string, text: string, at: number): boolean {
  const end = at + raw.length;
  return (
    isBlank(text.charCodeAt(end)) &&
    // Ten times as fast as startsWith.
    text.slice(at, end) === raw &&
    text.charCodeAt(skipBlanks(text, end)) !== openingBrace
  );
}

/** What Prometheus reads as a number: 1e999, which no float64 holds, is none. */
function isNumber(value: string): boolean {
  if (plainNumber.test(value)) return true;
  return number.test(value) && (Number.isFinite(Number(value)) || word.test(value));
}
