import type { Column } from '../run/manifest.ts';

const help: Readonly<Record<string, string>> = {
  node: 'Node; empty when not known.',
  target: 'What was scraped.',
  namespace: 'Kubernetes namespace; empty when not known.',
  pod: 'Pod; empty when not known.',
  container: 'Name of the container; empty when not known.',
  container_id: 'First 12 hex digits of the id of the container.',
  device: 'Block device.',
  interface: 'Network interface.',
  pid: 'Process id on the node.',
  comm: 'What the process calls itself; it may change.',
};

/** Columns that tell what a row is about. They are text, so that an id of digits stays as it is. */
export function labelColumns(...names: readonly string[]): readonly Column[] {
  return names.map((name) => ({ name, dtype: 'string', kind: 'label', help: help[name] ?? '' }));
}
