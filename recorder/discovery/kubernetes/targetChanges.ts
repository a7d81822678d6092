import type { Log } from '../../../exporter/serve/log.ts';
import type { Target } from '../../scrape/target.ts';

/** One line for what has come and gone; nothing where all stay. */
export function logChanges(before: readonly Target[], now: readonly Target[], log: Log): void {
  const joined = unmatched(now, before);
  const left = unmatched(before, now);
  if (joined.length > 0 || left.length > 0)
    log.info({ joined, left, targets: now.length }, 'targets changed');
}

/** Names with addresses: a pod that is replaced leaves and joins under one name. */
function unmatched(targets: readonly Target[], others: readonly Target[]): readonly string[] {
  const known = new Set(others.map(({ name, url }) => `${name} ${url}`));
  return targets
    .filter(({ name, url }) => !known.has(`${name} ${url}`))
    .map(({ name, url }) => `${name} ${new URL(url).host}`);
}
