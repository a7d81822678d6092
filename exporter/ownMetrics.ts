import { Counter, Gauge, type Registry } from 'prom-client';
import type { Snapshot } from './snapshot.ts';

/** The exporter's own metrics, besides those of its process. */
export interface OwnMetrics {
  /** Shows the collection that the next rendering goes with. */
  show(snapshot: Snapshot, descriptorsHeld: number): void;
}

export function createOwnMetrics(registry: Registry, version: string): OwnMetrics {
  const registers = [registry];
  const build = new Gauge({
    name: 'kubemon_exporter_build_info',
    help: 'The version of kubemon and of Node.js.',
    labelNames: ['version', 'node_version'],
    registers,
  });
  build.set({ version, node_version: process.version }, 1);
  const collected = new Gauge({
    name: 'kubemon_exporter_collected_timestamp_seconds',
    help: "The exporter's wall clock when it began to collect.",
    registers,
  });
  const length = new Gauge({
    name: 'kubemon_exporter_collection_seconds',
    help: 'How long collecting took: the values of one scrape are of moments at most so far apart.',
    registers,
  });
  const collections = new Counter({
    name: 'kubemon_exporter_collections_total',
    help: 'Collections, each of which may have served several scrapes.',
    registers,
  });
  const success = new Gauge({
    name: 'kubemon_exporter_collector_success',
    help: 'Whether a collector succeeded in this collection.',
    labelNames: ['collector'],
    registers,
  });
  const duration = new Gauge({
    name: 'kubemon_exporter_collector_duration_seconds',
    help: 'How long a collector took in this collection.',
    labelNames: ['collector'],
    registers,
  });
  const unavailable = new Gauge({
    name: 'kubemon_exporter_unavailable',
    help: 'A metric that is missing, or some of its samples, and why; METRICS.md explains the reasons.',
    labelNames: ['metric', 'reason'],
    registers,
  });
  const descriptors = new Gauge({
    name: 'kubemon_exporter_held_descriptors',
    help: 'Kernel files held open between scrapes.',
    registers,
  });

  let shown: number | undefined;
  return {
    show: (snapshot, descriptorsHeld) => {
      descriptors.set(descriptorsHeld);
      // One that several scrapes share. Only its time is kept: a snapshot is large.
      if (snapshot.collectedAt === shown) return;
      shown = snapshot.collectedAt;
      collections.inc();
      collected.set(Number(snapshot.collectedAt.toFixed(6)));
      length.set(Number(snapshot.seconds.toFixed(6)));
      success.reset();
      duration.reset();
      for (const result of snapshot.collectors) {
        success.set({ collector: result.collector }, result.success ? 1 : 0);
        duration.set({ collector: result.collector }, Number(result.seconds.toFixed(6)));
      }
      unavailable.reset();
      for (const { metric, reason } of snapshot.unavailable) unavailable.set({ metric, reason }, 1);
    },
  };
}
