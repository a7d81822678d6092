import { quantile } from '../recorder/quantile.ts';

/** How many samples the exporter shows of one thing. */
export interface SamplesOf {
  readonly node: number;
  readonly container: number;
  readonly process: number;
}

/**
 * Counts them in a real exposition; of containers and processes, which differ, the median. The exporter's own count
 * to the node.
 */
export function samplesOf(exposition: string): SamplesOf {
  const containers = new Map<string, number>();
  const processes = new Map<string, number>();
  let node = 0;
  for (const line of exposition.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const container = /container_id="([^"]*)"/.exec(line)?.[1];
    const pid = /[{,]pid="(\d+)"/.exec(line)?.[1];
    if (container === undefined) node++;
    else if (pid === undefined) containers.set(container, (containers.get(container) ?? 0) + 1);
    else processes.set(pid, (processes.get(pid) ?? 0) + 1);
  }
  return {
    node,
    container: quantile([...containers.values()], 0.5),
    process: quantile([...processes.values()], 0.5),
  };
}
