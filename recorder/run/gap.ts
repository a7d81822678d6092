import type { Interruption } from './manifest.ts';
import type { Progress } from './progress.ts';
import { secondsOf } from './pastScrapes.ts';
import type { TickWriter } from './tickWriter.ts';

/** Ticks that are lost since the recorder was not there: they count, and go into the files with the next tick. */
export function tellGap(
  run: string,
  gap: Interruption,
  /** Words for behind a colon, with a full stop. */
  why: string,
  { progress, writer }: { readonly progress: Progress; readonly writer: TickWriter },
): void {
  const { from, to, ticks } = gap;
  const lost = ticks === 0 ? 'No tick was' : ticks === 1 ? '1 tick was' : `${ticks} ticks were`;
  progress.interrupted(gap);
  writer.remember({ kind: 'interruption', ...gap });
  writer.note({
    timestamp: secondsOf(to),
    kind: 'gap',
    node: '',
    target: 'recorder',
    subject: run,
    detail: `${lost} lost between ${from} and ${to}: ${why}`,
  });
}
