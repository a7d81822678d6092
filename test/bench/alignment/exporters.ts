/**
 * A process with many exporters: the real HTTP server and the real appointments, over a machine that has
 * nothing to tell but when it was looked at. One message: the clock of each, in seconds ahead of this
 * machine's; answered with their ports.
 */
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAppointments } from '../../../exporter/appointments.ts';
import type { Format } from '../../../exporter/exposition.ts';
import { createWallClock } from '../../../exporter/serve/clock.ts';
import { listen } from '../../../exporter/serve/listen.ts';
import { createLog } from '../../../exporter/serve/log.ts';
import { createApp } from '../../../exporter/server.ts';
import type { Snapshot } from '../../../exporter/snapshot.ts';
import { serveParent } from './child.ts';
import { collectedAtName } from './moment.ts';

/**
 * Milliseconds. On machines of their own no exporter's answer would hold up the collection of another, so here all
 * that are due collect first. One turn of the event loop is too short for that: the timer of an appointment that
 * comes too early is set again, by a millisecond.
 */
const untilAllHaveCollected = 5;

const log = createLog('exporters', 'warn');
const wallClock = createWallClock();

serveParent(async (offsets: readonly number[]) => Promise.all(offsets.map(startExporter)));

async function startExporter(offset: number): Promise<number> {
  const clock = () => wallClock() + offset;
  const collect = (): Snapshot => ({
    collectedAt: clock(),
    seconds: 0,
    tables: [],
    infos: [],
    collectors: [],
    unavailable: [],
  });
  const collectAt = createAppointments(collect, clock);
  const app = createApp({
    collectAt: async (wanted, at) => {
      const snapshot = await collectAt(wanted, at);
      await sleep(untilAllHaveCollected);
      return snapshot;
    },
    render,
    clock,
    maxConcurrentScrapes: 40,
    version: '',
    log,
  });
  const { port } = await listen(app, { port: 0, address: '127.0.0.1' });
  return port;
}

function render({ collectedAt }: Snapshot, { format }: { format: Format }): AsyncIterable<string> {
  const text = `# TYPE ${collectedAtName} gauge\n${collectedAtName} ${collectedAt.toFixed(6)}\n`;
  return Readable.from([format === 'openmetrics' ? `${text}# EOF\n` : text]);
}
