import type { FetchProgress } from './fetchRun.ts';
import { createProgress } from './progress.ts';
import { bytes, duration, percent } from './quantity.ts';

/** Milliseconds between two drawings. */
const pause = 100;

/** A bar on a terminal; on any other stream nothing. */
export function createFetchProgress(stream: NodeJS.WriteStream) {
  const bar = stream.isTTY ? createProgress(stream) : undefined;
  let start: number | undefined;
  let last: FetchProgress | undefined;
  let drawn = -Infinity;
  return {
    show: (progress: FetchProgress): void => {
      const now = performance.now();
      start ??= now;
      last = progress;
      if (now - drawn < pause && progress.bytes < progress.total) return;
      drawn = now;
      const seconds = (now - start) / 1000;
      const rate = seconds < 1 ? undefined : progress.received / seconds;
      bar?.show(progress.bytes / progress.total, note(progress, rate));
    },
    /** What is here when the user breaks it off: a sentence. */
    brokenOff: (): string =>
      last === undefined
        ? 'Nothing was downloaded.'
        : `${percent(last.bytes / last.total)} of the run is here: the same command goes on from there.`,
    end: (): void => {
      if (last !== undefined) bar?.end();
    },
  };
}

/** @param rate bytes a second; undefined: it is too early to tell */
function note({ file, bytes: here, total }: FetchProgress, rate: number | undefined): string {
  const parts = [`${percent(here / total)} of ${bytes(total)}`];
  if (rate !== undefined) parts.push(`${bytes(Math.round(rate))}/s`);
  if (rate !== undefined && rate > 0 && here < total)
    parts.push(`${duration(Math.ceil((total - here) / rate))} left`);
  return [...parts, file].join(', ');
}
