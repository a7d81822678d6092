/** One line of a chart. */
export interface Line {
  readonly key: string;
  /** At the times of the lines; null: not known. */
  readonly values: readonly (number | null)[];
  readonly mean: number;
  readonly max: number;
  /** On the last tick. */
  readonly last: number | undefined;
}

export interface Lines {
  /** Seconds since the epoch, rising. */
  readonly times: readonly number[];
  /** Those with the largest means, in that order. */
  readonly lines: readonly Line[];
  /** Of how many they are. */
  readonly total: number;
}

/** The values of the last ticks, as many as there is room for. */
export interface Frames {
  add(time: number, values: ReadonlyMap<string, number>): void;
  /** @param gap seconds between two ticks that are no neighbours: nothing is drawn between them. */
  lines(top: number, gap: number): Lines;
}

interface Frame {
  readonly time: number;
  readonly values: ReadonlyMap<string, number>;
}

/** Fewer tell nothing, however many things there are. */
const minFrames = 60;
const maxFrames = 600;
const maxValues = 200_000;

export function createFrames(): Frames {
  const frames: Frame[] = [];
  let size = 0;

  return {
    add(time, values) {
      frames.push({ time, values });
      size += values.size;
      while (frames.length > maxFrames || (size > maxValues && frames.length > minFrames)) {
        size -= frames.shift()?.values.size ?? 0;
      }
    },
    lines(top, gap) {
      const sums = new Map<string, Sum>();
      for (const { values } of frames) {
        for (const [key, value] of values) {
          const sum = sums.get(key) ?? { total: 0, count: 0, max: -Infinity };
          sums.set(key, sum);
          sum.total += value;
          sum.count += 1;
          sum.max = Math.max(sum.max, value);
        }
      }
      const ranked = [...sums].toSorted(
        ([a, one], [b, other]) => meanOf(other) - meanOf(one) || (a < b ? -1 : 1),
      );
      const shown = withHoles(frames, gap);
      const last = frames.at(-1);
      return {
        times: shown.map(({ time }) => time),
        lines: ranked.slice(0, top).map(([key, sum]) => ({
          key,
          values: shown.map(({ values }) => values.get(key) ?? null),
          mean: meanOf(sum),
          max: sum.max,
          last: last?.values.get(key),
        })),
        total: sums.size,
      };
    },
  };
}

interface Sum {
  total: number;
  count: number;
  max: number;
}

function meanOf({ total, count }: Sum): number {
  return total / count;
}

const nothing: ReadonlyMap<string, number> = new Map();

/** With an empty frame wherever two are too far apart. */
function withHoles(frames: readonly Frame[], gap: number): readonly Frame[] {
  return frames.flatMap((frame, place) => {
    const before = frames[place - 1];
    if (before === undefined || frame.time - before.time < gap) return [frame];
    return [{ time: (before.time + frame.time) / 2, values: nothing }, frame];
  });
}
