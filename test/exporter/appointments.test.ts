import { expect, test } from 'vitest';
import { createAppointments } from '../../exporter/appointments.ts';
import { scopes } from '../../exporter/collect.ts';
import type { Scope } from '../../exporter/metrics/spec.ts';
import { createWallClock } from '../../exporter/serve/clock.ts';
import type { Snapshot } from '../../exporter/snapshot.ts';

const clock = createWallClock();

/** Collects nothing, and remembers when and what was asked for. */
function recordingCollect(wallClock = clock) {
  const collections: { readonly at: number; readonly wanted: readonly Scope[] }[] = [];
  const collect = (wanted: readonly Scope[] = scopes): Snapshot => {
    const at = wallClock();
    collections.push({ at, wanted });
    return { collectedAt: at, seconds: 0, tables: [], infos: [], collectors: [], unavailable: [] };
  };
  return { collections, collectAt: createAppointments(collect, wallClock) };
}

test('collects when the wall clock reads the moment asked for, never before', async () => {
  const { collectAt } = recordingCollect();
  for (const lead of [0.02, 0.05, 0.0013]) {
    const at = clock() + lead;
    const { collectedAt } = await collectAt(scopes, at);
    expect(collectedAt).toBeGreaterThanOrEqual(at);
    expect(collectedAt).toBeLessThan(at + 0.5);
  }
});

test('a moment that has passed means now, at once', () => {
  const { collectAt, collections } = recordingCollect();
  expect(collectAt(['node'], clock() - 3600)).not.toBeInstanceOf(Promise);
  expect(collections).toHaveLength(1);
});

test('a scrape within 100 ms of an appointment shares its collection, and what both want is collected', async () => {
  const { collectAt, collections } = recordingCollect();
  const at = clock() + 0.05;
  const [first, ...others] = await Promise.all([
    collectAt(['node'], at),
    collectAt(['process']),
    collectAt(['node'], at + 0.01),
    collectAt(['node'], at - 3600),
  ]);
  expect(others).toEqual([first, first, first]);
  expect(collections.map(({ wanted }) => wanted)).toEqual([['node', 'process']]);
});

test('a scrape further away from an appointment does not wait for it', async () => {
  const { collectAt, collections } = recordingCollect();
  const appointment = collectAt(scopes, clock() + 0.3);
  expect(collectAt(scopes)).not.toBeInstanceOf(Promise);
  await appointment;
  expect(collections).toHaveLength(2);
});

test('a clock that is set back by an hour does not make anybody wait for an hour', async () => {
  let step = 0;
  const { collectAt, collections } = recordingCollect(() => clock() - step);
  const waiting = collectAt(scopes, clock() + 0.05);
  step = 3600;
  const began = performance.now();
  await waiting;
  expect(performance.now() - began).toBeLessThan(2000);
  expect(collections).toHaveLength(1);
});

test('one that is set back by a little makes them wait for so much longer', async () => {
  let step = 0;
  const { collectAt } = recordingCollect(() => clock() - step);
  const at = clock() + 0.03;
  const waiting = collectAt(scopes, at);
  step = 0.1;
  const { collectedAt } = await waiting;
  expect(collectedAt).toBeGreaterThanOrEqual(at);
  expect(clock()).toBeGreaterThanOrEqual(at + 0.1);
});
