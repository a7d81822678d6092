import { until } from '../../support/until.ts';
import { connect } from './connection.ts';
import type { FleetSize } from './fleetSize.ts';
import type { Server } from './server.ts';

/**
 * Waits until kubemon shows a whole fleet: a container that is new is held back until Docker has told its name.
 * @param named how the names of its containers begin; empty where they have none.
 */
export async function untilShown(
  { url }: Server,
  { containers, processes }: FleetSize,
  named: string,
): Promise<void> {
  const container = new RegExp(`^kubemon_container_info\\{.*container="${named}`, 'gm');
  const worker = new RegExp(`^kubemon_process_threads\\{.*container="${named}.*comm="worker"`, 'gm');
  const connection = connect(url, 'identity');
  try {
    await until('kubemon shows the whole fleet', async () => {
      const text = (await connection.scrape()).text();
      const count = (what: RegExp) => text.match(what)?.length ?? 0;
      return count(container) >= containers && count(worker) >= processes;
    });
  } finally {
    connection.close();
  }
}
