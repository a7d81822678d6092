import { setTimeout as sleep } from 'node:timers/promises';
import { median } from './arithmetic.ts';
import { connect } from './connection.ts';
import type { Server } from './server.ts';

/** So far ahead a moment is asked for, in seconds. */
const lead = 0.3;

/** How long after the moment asked for (`at=`) kubemon began to collect: the median, in seconds. */
export async function measureSkew(server: Server, count: number): Promise<number> {
  const connection = connect(server.url, 'identity');
  const skews: number[] = [];
  try {
    for (let scrape = 0; scrape < count; scrape++) {
      const at = (Date.now() / 1000 + lead).toFixed(3);
      const text = (await connection.scrape(`?at=${at}`)).text();
      const collected = /^kubemon_exporter_collected_timestamp_seconds (.+)$/m.exec(text)?.[1];
      skews.push(Number(collected) - Number(at));
      await sleep(500);
    }
  } finally {
    connection.close();
  }
  return median(skews);
}
