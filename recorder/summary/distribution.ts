/** Numbers whose quantiles are asked for. */
export interface Distribution {
  add(value: number): void;
  readonly count: () => number;
  /** @param share 0 to 1. Interpolated linearly between the two nearest. */
  quantile(share: number): number;
  readonly max: () => number;
}

/** Distributions that share a room: as long as all their numbers fit into it, they are exact. */
export interface Distributions {
  create(): Distribution;
  readonly isExact: () => boolean;
}

/** 128 MB. */
const usualRoom = 16 << 20;

/** Beyond the room numbers are counted in steps of 2 %: what is read of them is off by 1 % at most. */
const step = Math.log(1.02);

/** @param room how many numbers are kept. */
export function createDistributions(room = usualRoom): Distributions {
  let kept = 0;
  let isExact = true;
  const all: { fold(): void }[] = [];

  function create(): Distribution {
    let values: number[] = [];
    let count = 0;
    let max = -Infinity;
    /** By step; undefined: not yet. */
    let steps: Map<number, number> | undefined;

    function fold(): void {
      steps = new Map();
      for (const value of values) countIn(steps, value);
      values = [];
    }
    all.push({ fold });
    if (!isExact) fold();

    return {
      add(value) {
        count++;
        max = Math.max(max, value);
        if (steps !== undefined) {
          countIn(steps, value);
          return;
        }
        values.push(value);
        if (++kept <= room) return;
        isExact = false;
        for (const each of all) each.fold();
      },
      count: () => count,
      max: () => max,
      quantile: (share) => {
        if (steps !== undefined) return Math.min(max, quantileOfSteps(steps, share * (count - 1)));
        return quantileOf(Float64Array.from(values).toSorted(), share);
      },
    };
  }

  return { create, isExact: () => isExact };
}

/** @param sorted not empty. */
function quantileOf(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place % 1);
}

/** A counter that went back makes a value below 0: it is taken for 0. */
function countIn(steps: Map<number, number>, value: number): void {
  const at = value > 0 ? Math.ceil(Math.log(value) / step) : -Infinity;
  steps.set(at, (steps.get(at) ?? 0) + 1);
}

/** @param place from 0, in the order of the numbers. */
function quantileOfSteps(steps: ReadonlyMap<number, number>, place: number): number {
  let before = 0;
  for (const [at, count] of [...steps].toSorted(([a], [b]) => a - b)) {
    before += count;
    if (before > place) return at === -Infinity ? 0 : Math.exp((at - 0.5) * step);
  }
  return NaN;
}
