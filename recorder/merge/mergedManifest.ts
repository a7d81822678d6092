import { isoTime } from '../csv/rows.ts';
import type { FileState } from '../csv/growingFile.ts';
import { coverage } from '../run/coverage.ts';
import type { Manifest, TickCounts } from '../run/manifest.ts';
import { createMarks } from '../run/marks.ts';
import { secondsOf } from '../run/pastScrapes.ts';
import { tickIndex } from '../run/schedule.ts';
import { judge } from '../run/verdict.ts';
import {
  daemonsOf,
  distinct,
  least,
  missingOf,
  type PartManifest,
  stopOf,
  sumOfExpected,
  told,
} from '../shards/partManifest.ts';
import type { Figures } from '../verify/figures.ts';

/**
 * run.json of a run that was put together from its parts. What rows tell is told by `figures`, which has counted
 * all rows; a reason of a part that they do not tell is taken over with the name of its shard.
 */
export function mergedManifest(
  parts: readonly [PartManifest, ...PartManifest[]],
  figures: Figures,
  stateOf: (file: string) => FileState,
): Manifest {
  const [first] = parts;
  const { schemaVersion, run, shards, labels, settings } = first;
  const evidence = figures.progress.evidence();
  const ticks = mergedTicks(parts, figures);
  const expected = sumOfExpected(parts);
  const missingShards = missingOf(parts);
  const judged = {
    ...evidence,
    ticks,
    expected,
    shards,
    missingShards,
    // A tick that one shard has lost is a tick of the run all the same.
    interruptions: [],
    intervalSeconds: settings.intervalSeconds,
  };
  const { reasons: own } = judge(judged);
  const troubles = parts.flatMap((part) =>
    reasonsOf(part)
      .filter((reason) => !own.includes(reason))
      .map(told(part)),
  );
  return {
    schemaVersion,
    run,
    shards,
    ...(missingShards.length > 0 && { missingShards }),
    state: 'stopped',
    start: least(parts.map(({ start }) => start)),
    stop: stopOf(parts),
    labels,
    verdict: judge({ ...judged, troubles }),
    recorder: {
      host: distinct(parts.map(({ recorder }) => recorder.host)).join(', '),
      version: distinct(parts.map(({ recorder }) => recorder.version)).join(', '),
    },
    settings,
    expected,
    daemons: daemonsOf(parts),
    ticks,
    interruptions: [],
    coverage: evidence.targets.map((target) => coverage(target, ticks.planned)),
    alignment: evidence.alignment,
    clocks: evidence.clocks,
    events: evidence.events,
    marks: listed(figures.marks),
    files: first.files.map(({ name, help, columns }) => {
      const { bytes, rows, sha256 } = stateOf(name);
      return { name, rows, bytes, sha256, help, columns };
    }),
  };
}

function reasonsOf({ state, verdict, ticks }: PartManifest): readonly string[] {
  if (state === 'stopped') return verdict.reasons;
  const last = ticks.last === undefined ? 'no tick' : `${ticks.last} or later`;
  return [...verdict.reasons, `it was not stopped when it was merged, and goes up to ${last}.`];
}

/** From the first tick that any part planned to the last: each is done, by some shard at least, or dropped. */
function mergedTicks(parts: readonly [PartManifest, ...PartManifest[]], { progress }: Figures): TickCounts {
  const { done, first, last } = progress.ticks();
  if (first === undefined || last === undefined) {
    const planned = Math.max(...parts.map(({ ticks }) => ticks.planned));
    return { planned, done, dropped: planned };
  }
  const [{ settings }] = parts;
  const { intervalSeconds: interval } = settings;
  const index = (time: string) => tickIndex(secondsOf(time), interval);
  const stop = Math.floor(secondsOf(stopOf(parts)) / interval + 0.001 / interval + 1e-6);
  const lasts = parts.flatMap(({ ticks }) =>
    ticks.first === undefined ? [] : [index(ticks.first) + ticks.planned - 1],
  );
  const end = Math.max(tickIndex(last, interval), Math.min(stop, Math.max(...lasts)));
  const planned = end - tickIndex(first, interval) + 1;
  return { planned, done, dropped: planned - done, first: isoTime(first), last: isoTime(last) };
}

function listed(all: Figures['marks']): Manifest['marks'] {
  const marks = createMarks();
  for (const { timestamp, label } of all) marks.add({ timestamp: secondsOf(timestamp), label });
  return marks.listed();
}
