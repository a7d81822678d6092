import type { ChartKind } from './chartKinds.ts';

/** What a line is called, and where it is. */
export interface LineLabel {
  readonly name: string;
  readonly place: string;
}

/** Joins what is known. */
function joined(parts: readonly (string | undefined)[], by: string): string {
  return parts.filter((part) => part !== undefined && part !== '').join(by);
}

/** `web` in `shop/web-7d4 · node1`; `nginx 4711` in `web`. @param isOneNode then the node goes without saying. */
export function labelOf(
  { scope }: ChartKind,
  key: string,
  row: ((column: string) => string) | undefined,
  isOneNode: boolean,
): LineLabel {
  const [thing = '', direction] = key.split('\r');
  const [node = '', id, pid] = thing.split('\n');
  if (scope === 'node') return { name: joined([node, direction], ' '), place: '' };
  const container = joined([row?.('container')], '') || (id ?? '');
  const pod = joined([row?.('namespace'), row?.('pod')], '/');
  const at = isOneNode ? '' : node;
  return scope === 'container'
    ? { name: container, place: joined([pod, at], ' · ') }
    : { name: joined([row?.('comm'), pid], ' '), place: joined([container, pod, at], ' · ') };
}
