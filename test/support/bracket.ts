import type { Readings } from './series.ts';

/**
 * Where the exporter's values are not what the kernel says: a sentence each.
 *
 * A counter lies between the kernel's values read before and after the scrape. So does a gauge of a
 * container where nothing happens; any other gauge gets room, since it may move both ways meanwhile.
 */
export function disagreements(
  before: Readings,
  exporter: Readings,
  after: Readings,
  quiet: ReadonlySet<string>,
): readonly string[] {
  const missing = [...before].flatMap(([series, value]) =>
    after.has(series) && !exporter.has(series) ? [`${series} is ${value} in the kernel and not shown`] : [],
  );
  const wrong = [...exporter].flatMap(([series, value]) => {
    const readings = [before.get(series), after.get(series)].filter((reading) => reading !== undefined);
    if (readings.length === 0) return [`${series} is ${value} and not in the kernel`];
    const least = Math.min(...readings);
    const most = Math.max(...readings);
    const room = readings.length === 1 ? Infinity : roomFor(series, most, quiet);
    return value >= least - room && value <= most + room
      ? []
      : [`${series} is ${value}, but the kernel went from ${readings.join(' to ')}`];
  });
  return [...missing, ...wrong];
}

/** How far a value may lie outside the kernel's two readings, in the unit of the series. */
function roomFor(series: string, value: number, quiet: ReadonlySet<string>): number {
  // The kernel may let these two go back.
  if (/ mode=(idle|iowait)$/.test(series)) return 0.5;
  const [name = ''] = series.split(' ');
  if (name.endsWith('_total')) return 0;
  // The kernel computes the time of boot anew for each reading, and rounds it to seconds.
  if (name.endsWith('_time_seconds')) return 1;
  if (/_(limit_bytes|limit_cores|cpus|memory_total_bytes|swap_total_bytes)$/.test(name)) return 0;
  const container = / container_id=(\w+)/.exec(series)?.[1];
  if (container !== undefined && quiet.has(container)) return 0;
  const few = container === undefined ? 64 : 2;
  return 0.2 * value + (name.endsWith('_bytes') ? few * 1024 * 1024 : few);
}
