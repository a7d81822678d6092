import { setTimeout as sleep } from 'node:timers/promises';
import { isRunName } from '../../control/runNames.ts';
import type { RecorderClient } from '../client.ts';

/** Whoever presses Tab waits no longer, in milliseconds. */
const patience = 1_000;

/**
 * The runs that a recorder holds, the latest first; none where it does not answer in time. What can be no name
 * of a run is left out: a shell would read it.
 */
export async function runNamesOf(client: RecorderClient): Promise<readonly string[]> {
  const names = client.runs().then(({ runs }) =>
    runs
      .map(({ run }) => run)
      .filter(isRunName)
      .toReversed(),
  );
  const late = sleep(patience, [], { ref: false });
  return Promise.race([names, late]).catch(() => []);
}
