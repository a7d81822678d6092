import { createGaps, type Gaps, longestPart } from './gaps.ts';
import { emptyLayout, type Layout } from './layout.ts';
import { createSpareNumbers, lengthened, type SpareNumbers } from './spareNumbers.ts';

/** Of a series: where the parts of the gap before its value lie in Gaps, and their bytes, … */
export const headField = 0;
export const headLengthField = 1;
export const tailField = 2;
export const tailLengthField = 3;
/** … line feeds in the gap, … */
export const linesField = 4;
/** … index in `rows`, and the column there; below 0: -1 - the index in `loose`. */
export const rowField = 5;
export const columnField = 6;
export const seriesFields = 7;

/** Of a value: its bytes, … */
export const lengthField = 0;
/** … and its digits before the point; 0: not known, so that any change counts as a possible fall. */
export const digitsField = 1;
export const sizeFields = 2;

/** Between two values: where it begins in the body, the labels in it, and the value behind it. */
export interface Gap {
  readonly start: number;
  readonly labels: number;
  readonly value: number;
  /** Line feeds. */
  readonly lines: number;
}

/** Where the samples of a body are, as they are read. */
export interface Notes {
  /** Of the series that a sample of the layout before has; the row may be another one. */
  again(sample: number, row: number, length: number, digits: number): void;
  add(body: Buffer, gap: Gap, row: number, column: number, length: number): void;
  /** Pauses where there is much to tidy up; nothing is noted any more. */
  all(): Generator<void, Noted>;
  /** What is noted has taken the place of the layout before, whose memory is used again. */
  release(noted: Noted): void;
  /** Instead: as if nothing had been noted. */
  forget(): void;
}

export type Noted = Pick<Layout, 'gaps' | 'series' | 'sizes'>;

/** Of a body that nothing is compared with. */
export const noNotes: Notes = {
  again: () => {},
  add: () => {},
  // oxlint-disable-next-line require-yield -- there is nothing to do
  *all() {
    return emptyLayout();
  },
  release: () => {},
  forget: () => {},
};

/** Samples that the next body may have more, without more memory. */
const spare = 16;
/** A pause after so many, when tidying up. */
const samplesPerStep = 1000;

const spareSeries = createSpareNumbers();
const spareSizes = createSpareNumbers();

/** Nearly all bodies have the series of the one before: what is noted of those is shared until one is different. */
export function createNotes(before: Layout): Notes {
  const { gaps } = before;
  const gapsBefore = gaps.size();
  const { series: lastSeries } = before;
  let series = lastSeries;
  let isShared = true;
  let sizes = spareSizes.take((before.samples + spare) * sizeFields);
  let samples = 0;
  /** At which sample a tail was last: most metrics have the same things, in the same order. */
  const samplesOfTails = new Map<number, number>();

  /** @returns where the next series is noted. */
  function nextSeries(): number {
    const at = samples * seriesFields;
    if (isShared) {
      series = spareSeries.take((before.samples + spare) * seriesFields);
      series.set(lastSeries.subarray(0, at));
      isShared = false;
    }
    if (at + seriesFields > series.length) series = lengthened(series);
    return at;
  }

  function addSize(length: number, digits: number): void {
    const at = samples * sizeFields;
    if (at + sizeFields > sizes.length) sizes = lengthened(sizes);
    sizes[at + lengthField] = length;
    sizes[at + digitsField] = digits;
    samples++;
  }

  return {
    again(sample, row, length, digits) {
      const known = sample * seriesFields;
      if (!isShared || sample !== samples || lastSeries[known + rowField] !== row) {
        const at = nextSeries();
        for (let field = 0; field < seriesFields; field++) {
          series[at + field] = lastSeries[known + field] ?? 0;
        }
        series[at + rowField] = row;
      }
      addSize(length, digits);
    },
    add(body, { start, labels, value, lines }, row, column, length) {
      const at = nextSeries();
      const last = at - seriesFields;
      const lastTail = series[last + tailField] ?? 0;
      const twin = samplesOfTails.get(lastTail);
      const guess = twin === undefined ? 0 : series[(twin + 1) * seriesFields + tailField];
      const tail = gaps.add(body, labels, value, guess);
      samplesOfTails.set(lastTail, samples - 1);
      series[at + headField] = gaps.add(body, start, labels, series[last + headField]);
      series[at + headLengthField] = labels - start;
      series[at + tailField] = tail;
      series[at + tailLengthField] = value - labels;
      series[at + linesField] = lines;
      series[at + rowField] = row;
      series[at + columnField] = column;
      addSize(length, 0);
    },
    *all() {
      gaps.settle(gaps.size(), samples);
      sizes = shortened(sizes, (samples + spare) * sizeFields, 2, spareSizes);
      if (gaps.isWasteful(samples)) return { ...(yield* tidied(gaps, series, samples)), sizes };
      // They stay for long.
      if (!isShared) series = shortened(series, (samples + spare) * seriesFields, 1.125, spareSeries);
      return { gaps, series, sizes };
    },
    release(noted) {
      spareSizes.giveBack(before.sizes);
      if (noted.series !== lastSeries) spareSeries.giveBack(lastSeries);
    },
    forget() {
      gaps.settle(gapsBefore, before.samples);
      spareSizes.giveBack(sizes);
      if (!isShared) spareSeries.giveBack(series);
    },
  };
}

/** The parts of these series only, each once, and the series with where these are. */
function* tidied(
  gaps: Gaps,
  series: Int32Array,
  samples: number,
): Generator<void, Pick<Layout, 'gaps' | 'series'>> {
  const { buffer, byteOffset, byteLength } = gaps.view();
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  const tidy = createGaps();
  const moved = new Int32Array((samples + spare) * seriesFields);
  moved.set(series.subarray(0, samples * seriesFields));
  /** By start and length. */
  const places = new Map<number, number>();
  for (let sample = 0; sample < samples; sample++) {
    if (sample % samplesPerStep === samplesPerStep - 1) yield;
    for (const field of [headField, tailField]) {
      const at = sample * seriesFields + field;
      const start = moved[at] ?? 0;
      const length = moved[at + 1] ?? 0;
      if (length === 0 || start < 0) continue;
      const part = start * (longestPart + 1) + length;
      const place = places.get(part) ?? tidy.add(bytes, start, start + length);
      places.set(part, place);
      moved[at] = place;
    }
  }
  tidy.settle(tidy.size(), samples);
  return { gaps: tidy, series: moved };
}

/** Memory that is so many times too long would be held for as long as the target is. */
function shortened(numbers: Int32Array, length: number, times: number, pool: SpareNumbers): Int32Array {
  if (numbers.length <= times * length) return numbers;
  const few = numbers.slice(0, length);
  pool.giveBack(numbers);
  return few;
}
