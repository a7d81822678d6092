import { expect, test } from 'vitest';
import type { Outcome } from '../../../recorder/run/connection.ts';
import { createMembership } from '../../../recorder/run/membership.ts';

function outcome(name: string, up: boolean, role: Outcome['role'] = 'daemon'): Outcome {
  const target = { name, node: name, url: `http://${name}/metrics`, role: 'daemon' } as const;
  const told = { target, node: name, role };
  if (!up) return { ...told, up: false, error: 'refused: nobody listens' };
  return { ...told, up: true, answer: { rows: [], infos: [], own: new Map(), others: [], samples: 0 } };
}

function run() {
  const membership = createMembership();
  let tick = 999;
  return (...outcomes: readonly Outcome[]) =>
    membership(++tick, outcomes).map(({ timestamp, kind, target, detail }) => [
      timestamp,
      kind,
      target,
      detail,
    ]);
}

test('those that answer the first tick were there before, those that answer later join', () => {
  const tick = run();
  expect(tick(outcome('one', true), outcome('two', false))).toEqual([]);
  expect(tick(outcome('one', true), outcome('two', true), outcome('three', true))).toEqual([
    [1001, 'daemon_joined', 'two', 'Daemon two answers.'],
    [1001, 'daemon_joined', 'three', 'Daemon three answers.'],
  ]);
  expect(tick(outcome('one', true), outcome('two', true), outcome('three', true))).toEqual([]);
});

test('two failures are missed scrapes, the third means that it has left', () => {
  const tick = run();
  tick(outcome('one', true));
  expect(tick(outcome('one', false))).toEqual([]);
  expect(tick(outcome('one', false))).toEqual([]);
  expect(tick(outcome('one', true))).toEqual([
    [
      1003,
      'gap',
      'one',
      'Target one was not recorded on 2 ticks from 1970-01-01T00:16:41.000Z on: refused: nobody listens',
    ],
  ]);
  tick(outcome('one', false));
  tick(outcome('one', false));
  expect(tick(outcome('one', false))).toEqual([
    [1006, 'daemon_left', 'one', 'Daemon one did not answer on 3 ticks in a row: refused: nobody listens'],
  ]);
  expect(tick(outcome('one', false))).toEqual([]);
  expect(tick(outcome('one', true))).toEqual([
    [
      1008,
      'gap',
      'one',
      'Target one was not recorded on 4 ticks from 1970-01-01T00:16:44.000Z on: refused: nobody listens',
    ],
    [1008, 'daemon_joined', 'one', 'Daemon one answers.'],
  ]);
});

test('a daemon that is no longer a target has left', () => {
  const tick = run();
  tick(outcome('one', true), outcome('two', true));
  expect(tick(outcome('one', true))).toEqual([
    [1001, 'daemon_left', 'two', 'Daemon two is no longer a target.'],
  ]);
  expect(tick(outcome('one', true))).toEqual([]);
});

test('other targets are no daemons: they neither join nor leave, but have gaps', () => {
  const tick = run();
  tick();
  expect(tick(outcome('app', true, 'further'))).toEqual([]);
  for (const up of [false, false, false]) expect(tick(outcome('app', up, 'further'))).toEqual([]);
  expect(tick(outcome('app', true, 'further'))).toMatchObject([[1005, 'gap', 'app', expect.anything()]]);
  expect(tick()).toEqual([]);
});
