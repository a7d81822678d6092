import { isoTime } from '../csv/rows.ts';
import { coverage } from '../run/coverage.ts';
import type { Manifest } from '../run/manifest.ts';
import { secondsOf } from '../run/pastScrapes.ts';
import { tickCount, tickIndex } from '../run/schedule.ts';
import { isMerged } from '../shards/isMerged.ts';
import { judge } from '../run/verdict.ts';
import type { Figures } from './figures.ts';

/** What run.json says and the rows do not: sentences. */
type Differences = readonly string[];

/** Of a run that may go on: what it was up to the last tick that run.json knows. */
export function compareProgress(manifest: Manifest, { progress }: Figures): Differences {
  const { targets, events } = progress.evidence();
  const { ticks } = manifest;
  const found = progress.ticks();
  const differences = [
    difference('ticks.done', ticks.done, 'scrapes.csv', found.done),
    difference('ticks.first', ticks.first, 'scrapes.csv', isoOf(found.first)),
    difference('ticks.last', ticks.last, 'scrapes.csv', isoOf(found.last)),
  ];
  if (ticks.planned !== ticks.done + ticks.dropped) {
    differences.push(
      `ticks.planned is ${ticks.planned}, but ${ticks.done} are done and ${ticks.dropped} dropped`,
    );
  }
  const told = new Map(manifest.coverage.map((each) => [each.target, each]));
  for (const tally of targets) {
    const { target } = tally;
    const expected = coverage(tally, ticks.planned);
    const { node, planned, covered, late, missed, share } = told.get(target) ?? {};
    const said = JSON.stringify({ target, node, planned, covered, late, missed, share });
    differences.push(difference(`coverage of ${target}`, said, 'scrapes.csv', JSON.stringify(expected)));
    told.delete(target);
  }
  for (const target of told.keys())
    differences.push(`coverage names ${target}, of which scrapes.csv has no row`);
  const kinds = new Set([...Object.keys(manifest.events), ...Object.keys(events)]);
  const said = new Map(Object.entries(manifest.events));
  const counted = new Map(Object.entries(events));
  for (const kind of kinds) {
    differences.push(difference(`events.${kind}`, said.get(kind), 'events.csv', counted.get(kind)));
  }
  return differences.filter((sentence) => sentence !== undefined);
}

/** Of a run that was stopped. */
export function compareFigures(manifest: Manifest, figures: Figures): Differences {
  const { verdict, alignment, expected, clocks, settings, interruptions, ticks } = manifest;
  const evidence = figures.progress.evidence();
  const judged = judge({
    ...evidence,
    ticks,
    interruptions,
    expected,
    alignment,
    clocks,
    intervalSeconds: settings.intervalSeconds,
    ...(manifest.shard !== undefined && { shard: manifest.shard }),
    ...(manifest.missingShards && { missingShards: manifest.missingShards }),
    ...(manifest.shards !== undefined && { shards: manifest.shards }),
    // What else speaks against a run stands in no file; that it does, in its reasons.
    troubles: verdict.reasons,
  });
  return [
    ...compareProgress(manifest, figures),
    // Of a run that was merged they are those of single shards, while others have the tick.
    ...compareTicks(manifest, isMerged(manifest) ? 0 : (evidence.events.tick_dropped ?? 0)),
    ...compareMarks(manifest, figures),
    ...compareGaps(manifest, figures),
    difference('alignment.answers', alignment.answers, 'scrapes.csv', evidence.alignment.answers),
    difference('verdict', verdict.verdict, 'what the files tell', judged.verdict),
  ].filter((sentence) => sentence !== undefined);
}

/** That a tick was dropped may stand in no file: its event is lost with a recorder that ends before it is written. */
function compareTicks(
  { ticks, interruptions, start, stop, settings }: Manifest,
  toldDropped: number,
): Differences {
  const { planned, dropped, first, last } = ticks;
  const { intervalSeconds: interval, forSeconds = Infinity } = settings;
  const lost = interruptions.reduce((sum, each) => sum + each.ticks, 0);
  const index = (time: string) => secondsOf(time) / interval;
  const least =
    first === undefined || last === undefined
      ? 0
      : tickIndex(secondsOf(last) - secondsOf(first), interval) + 1;
  // Times are told in milliseconds.
  const margin = 0.001 / interval + 1e-6;
  // A run that went on and was stopped at once has lost ticks that were too near to be reached, up to after its stop.
  const lostUpTo = interruptions.map(({ to }) => tickIndex(secondsOf(to), interval) - 1);
  const lastIndex = stop === undefined ? Infinity : Math.max(Math.floor(index(stop) + margin), ...lostUpTo);
  const most = Math.min(tickCount(forSeconds, interval), lastIndex - Math.ceil(index(start) - margin) + 1);
  return [
    ...(dropped < lost + toldDropped
      ? [`ticks.dropped is ${dropped}, but events.csv tells of ${toldDropped} and interruptions of ${lost}`]
      : []),
    ...(planned < least || planned > most
      ? [
          `ticks.planned is ${planned}, but between its first and last tick, or its start and stop, are ${planned < least ? least : most}`,
        ]
      : []),
  ];
}

function compareMarks({ marks }: Manifest, figures: Figures): Differences {
  const told = marks.map(({ timestamp, label }) => JSON.stringify([timestamp, cellText(label)]));
  const found = figures.marks.map(({ timestamp, label }) => JSON.stringify([timestamp, cellText(label)]));
  const at = told.findIndex((mark, index) => mark !== found[index]);
  if (at !== -1)
    return [`mark ${at + 1} is ${told[at] ?? ''}, but in marks.csv it is ${found[at] ?? 'missing'}`];
  return found.length > told.length ? [`marks are ${told.length}, but marks.csv has ${found.length}`] : [];
}

/** As it comes back from a cell, the apostrophe taken off that may stand before a formula. */
function cellText(label: string): string {
  return Buffer.from(label)
    .toString()
    .replace(/^'(?=[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20])/, '');
}

function compareGaps({ interruptions }: Manifest, { gaps }: Figures): Differences {
  if (interruptions.length !== gaps.length) {
    return [
      `interruptions are ${interruptions.length}, but events.csv has ${gaps.length} gaps of the recorder`,
    ];
  }
  return interruptions.flatMap(({ from, to }, index) => {
    const gap = gaps[index] ?? '';
    return gap.includes(from) && gap.includes(to)
      ? []
      : [`interruption ${index + 1} is from ${from} to ${to}, but events.csv says: ${gap}`];
  });
}

function difference<T>(what: string, said: T, by: string, found: T): string | undefined {
  return said === found
    ? undefined
    : `${what} is ${String(said ?? 'absent')}, but by ${by} it is ${String(found ?? 'absent')}`;
}

function isoOf(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : isoTime(seconds);
}
