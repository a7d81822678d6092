import { prefix, infos, tables } from '../../exporter/metrics/index.ts';
import type { Scope } from '../../exporter/metrics/spec.ts';
import { pastLoopback } from './matchers.ts';

/** A variable that selects series by the label of its name. */
export type Filter = 'cluster' | 'node' | 'namespace' | 'pod' | 'container' | 'container_id';

/** A selector: the metric without its prefix, and further matchers, such as `mode="user"`. */
type Select = (name: string, ...matchers: readonly string[]) => string;

/** Selectors of PromQL, narrowed by a dashboard's variables as far as the series have these labels. */
export interface Selectors {
  readonly node: Select;
  readonly container: Select;
  readonly process: Select;
  /** An exporter's own metrics, by their whole names. */
  readonly exporter: Select;
  /** A recorder's own metrics, by their whole names: Prometheus gives them the node of the recorder's pod. */
  readonly recorder: Select;
}

/** What tells a container, and a process, apart: labels for `by`. */
export const ofNode = ['cluster', 'node'];
export const ofContainer = [...ofNode, 'namespace', 'pod', 'container', 'container_id'];
export const ofProcess = [...ofContainer, 'pid', 'comm'];

export function selectors(filters: readonly Filter[]): Selectors {
  const select =
    (known: readonly Filter[], nameOf = (name: string) => name): Select =>
    (name, ...matchers) => {
      const narrowed = filters.filter((filter) => known.includes(filter));
      const all = [...narrowed.map((filter) => `${filter}=~"$${filter}"`), ...matchers];
      return `${nameOf(name)}{${all.join(', ')}}`;
    };
  return {
    node: select(['cluster', 'node'], (name) => tableName('node', name)),
    container: select(filters, (name) => tableName('container', name)),
    process: select(filters, (name) => tableName('process', name)),
    exporter: select(['cluster', 'node']),
    recorder: select(['cluster']),
  };
}

/** The whole name. Throws where the metric table has none of it: a renamed metric breaks the build of its panel. */
function tableName(scope: Scope, name: string): string {
  const known =
    tables.some((table) => table.scope === scope && table.metrics.some((metric) => metric.name === name)) ||
    infos.some((each) => each.scope === scope && each.info.name === name);
  if (!known) throw new Error(`The metric table has no metric ${name} of a ${scope}.`);
  return prefix(scope) + name;
}

/** Increase a second of a counter. */
export function rate(selector: string): string {
  return `rate(${selector}[$__rate_interval])`;
}

export function sum(by: readonly string[], expression: string): string {
  return `sum by (${by.join(', ')}) (${expression})`;
}

export function max(by: readonly string[], expression: string): string {
  return `max by (${by.join(', ')}) (${expression})`;
}

/** The largest; without them all a cluster's lines would be too many to read. */
export function top(count: number | string, expression: string): string {
  return `topk(${count}, ${expression})`;
}

/**
 * A network counter a second, of whole pods: their containers share one network and all show it, so it is
 * the largest of them. A container of no pod has a network of its own, and perhaps no name: its id tells it apart.
 */
export function podNetwork(select: Select, name: string): string {
  const ofPods = max(
    [...ofNode, 'namespace', 'pod', 'interface'],
    rate(select(name, 'pod!=""', pastLoopback)),
  );
  const others = max([...ofContainer, 'interface'], rate(select(name, 'pod=""', pastLoopback)));
  return sum(ofContainer, `${ofPods} or ${others}`);
}
