import type { ScrapeRecord } from '../csv/records.ts';
import type { Outcome } from './connection.ts';

/** The row of scrapes.csv for what a target did on a tick. */
export function scrapeRecord(tick: number, outcome: Outcome): ScrapeRecord {
  const { scrape, clock } = outcome;
  const own = outcome.up ? outcome.answer.own : undefined;
  const collectedAt = own?.get('kubemon_exporter_collected_timestamp_seconds');
  const skew = collectedAt === undefined ? Number.NaN : Number(collectedAt) - tick;
  return {
    timestamp: tick,
    node: outcome.node,
    target: outcome.target.name,
    requestedAt: scrape?.requestedAt,
    answeredAt: scrape?.answeredAt,
    collectedAt,
    skewSeconds: Number.isFinite(skew) ? skew : undefined,
    clockOffsetSeconds: clock?.offset,
    clockOffsetErrorSeconds: clock?.error,
    collectionSeconds: own?.get('kubemon_exporter_collection_seconds'),
    samples: outcome.up ? outcome.answer.samples : undefined,
    bytes: scrape?.bytes,
    up: outcome.up,
    error: outcome.up ? undefined : outcome.error,
    exporterCpuSeconds: own?.get('process_cpu_seconds_total'),
    exporterResidentMemoryBytes: own?.get('process_resident_memory_bytes'),
  };
}

/** The name under which the recorder's own cost stands in scrapes.csv. */
export const recorderTarget = 'recorder';

/** The recorder's own cost so far. It scrapes nothing of itself: those cells are empty. */
export function ownRecord(tick: number): ScrapeRecord {
  const { user, system } = process.cpuUsage();
  return {
    timestamp: tick,
    node: '',
    target: recorderTarget,
    requestedAt: undefined,
    answeredAt: undefined,
    collectedAt: undefined,
    skewSeconds: undefined,
    clockOffsetSeconds: undefined,
    clockOffsetErrorSeconds: undefined,
    collectionSeconds: undefined,
    samples: undefined,
    bytes: undefined,
    up: true,
    error: undefined,
    exporterCpuSeconds: ((user + system) / 1e6).toFixed(6),
    exporterResidentMemoryBytes: residentMemory(),
  };
}

/** Undefined: it is a file of /proc, which cannot be read where too many files are open. */
function residentMemory(): string | undefined {
  try {
    return String(process.memoryUsage.rss());
  } catch {
    return undefined;
  }
}
