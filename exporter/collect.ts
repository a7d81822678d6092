import { Absences } from './collect/absences.ts';
import { createContainerCollector } from './collect/container.ts';
import { type Container, createDiscovery } from './collect/discover.ts';
import { createNodeCollector } from './collect/node.ts';
import { createProcessCollector } from './collect/process.ts';
import type { Scope } from './metrics/spec.ts';
import type { Collected, CollectorResult, Snapshot } from './snapshot.ts';
import type { Sources } from './sources.ts';

export const scopes: readonly Scope[] = ['node', 'container', 'process'];

/** Collects one moment of the machine, in one synchronous pass: all of it, or the scopes asked for. */
export type Collect = (wanted?: readonly Scope[]) => Snapshot;

/** A collector that fails costs its own metrics: success 0, a line in the log, and the others go on. */
export function createCollect(sources: Sources): Collect {
  const { log, clock, monotonic, networks, tree } = sources;
  const collectNode = createNodeCollector(sources);
  const discover = createDiscovery(sources);
  const collectContainers = createContainerCollector(sources);
  const collectProcesses = createProcessCollector(sources);

  return (wanted = scopes) => {
    const collectedAt = clock();
    const start = monotonic();
    const absences = new Absences();
    networks.begin();

    let containers: readonly Container[] | undefined;
    const collectors: Readonly<Record<Scope, () => Collected>> = {
      node: () => collectNode(absences),
      container: () => collectContainers((containers ??= discover(absences)), absences),
      process: () => collectProcesses((containers ??= discover(absences)), absences),
    };
    const results: CollectorResult[] = [];
    const collected = scopes
      .filter((scope) => wanted.includes(scope))
      .flatMap((collector) => {
        const begin = monotonic();
        try {
          const part = collectors[collector]();
          results.push({ collector, success: true, seconds: monotonic() - begin });
          return [part];
        } catch (error) {
          log.error(
            { err: error, collector },
            'A collector failed: its metrics are missing from this scrape.',
          );
          results.push({ collector, success: false, seconds: monotonic() - begin });
          return [];
        }
      });
    const tables = collected.flatMap((part) => part.tables);
    return {
      collectedAt,
      seconds: monotonic() - start,
      tables,
      infos: collected.flatMap((part) => part.infos),
      collectors: results,
      unavailable: absences.of(tables, tree.version === 1 ? 'v1' : 'v2'),
    };
  };
}
