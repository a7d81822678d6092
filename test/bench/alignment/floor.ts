/**
 * A process that waits for every tick as an exporter does, and does nothing else: what it is late by, this
 * machine makes everybody late by. The message `{ interval }` begins, `{ end: true }` is answered with how
 * late it was at each tick, in seconds.
 */
import { createAppointments } from '../../../exporter/appointments.ts';
import { createWallClock } from '../../../exporter/serve/clock.ts';
import { serveParent } from './child.ts';

const clock = createWallClock();
const collectAt = createAppointments(
  () => ({ collectedAt: clock(), seconds: 0, tables: [], infos: [], collectors: [], unavailable: [] }),
  clock,
);
const late: number[] = [];

serveParent((message: { readonly interval: number } | { readonly end: true }) => {
  if ('end' in message) return Promise.resolve(late);
  void watch(message.interval);
  return Promise.resolve(undefined);
});

async function watch(interval: number): Promise<never> {
  for (;;) {
    const tick = Math.ceil(clock() / interval + 0.1) * interval;
    const { collectedAt } = await collectAt([], tick);
    late.push(collectedAt - tick);
  }
}
