import { expect, test } from 'vitest';
import type { RunStatus, StatusAnswer } from '../../../recorder/api.ts';
import { judge } from '../../../recorder/cli/judgement.ts';

const start = '2026-11-23T10:00:00.000Z';
const tick: NonNullable<RunStatus['lastTick']> = {
  run: 'r',
  timestamp: '2026-11-23T10:01:00.000Z',
  state: 'done',
  rows: 10,
  targets: [
    { target: 'node1', up: true },
    { target: 'node2', up: true },
  ],
};
const thresholds = { coverage: 0.95, alignmentShareOfInterval: 0.1, clockOffsetSeconds: 0.01 };
const well: RunStatus = {
  run: 'r',
  path: '/data/r',
  start,
  interval: 5,
  elapsed: 62,
  ticks: { planned: 12, done: 12, dropped: 0 },
  rows: 120,
  bytes: 1000,
  verdict: { verdict: 'valid', reasons: [], thresholds },
  lastTick: tick,
};

function status(recording: Partial<RunStatus>, rest: Partial<StatusAnswer> = {}): StatusAnswer {
  return {
    message: 'm',
    daemons: { connected: 2, expected: 2 },
    recording: { ...well, ...recording },
    ...rest,
  };
}

function judged(verdict: 'degraded' | 'inconclusive', ...reasons: readonly string[]): Partial<RunStatus> {
  return { verdict: { verdict, reasons, thresholds } };
}

const missed = { target: 'node2', up: false, error: 'connection refused' };

test.each<[string, StatusAnswer, string]>([
  ['all is well', status({}), 'Yes. Every daemon was scraped on every tick, on time.'],
  [
    'no run',
    { message: 'Nothing is recording.', daemons: { connected: 2, expected: 2 } },
    'No. Nothing is recording.',
  ],
  ['before the first tick', withoutTick(6), 'Not yet. The first tick is to come.'],
  ['no tick came', withoutTick(30), 'No. The last tick was 30 s ago.'],
  ['the last tick is long ago', status({ elapsed: 85 }), 'No. The last tick was 25 s ago.'],
  [
    'a daemon is down',
    status({
      ...judged('degraded', 'Target node2 was missed on 1 of 12 ticks.'),
      lastTick: { ...tick, targets: [missed] },
    }),
    'No. node2 was not scraped on the last tick (connection refused).',
  ],
  [
    'two are',
    status({ lastTick: { ...tick, targets: [missed, { target: 'node3', up: false }] } }),
    'No. node2 was not scraped on the last tick (connection refused). (and 1 other below)',
  ],
  [
    'the last tick was dropped',
    status({ lastTick: { ...tick, state: 'dropped', reason: 'the disk is full.' } }),
    'No. The last tick was dropped: the disk is full.',
  ],
  [
    'the disk is full',
    status({ problems: [{ message: 'There is no room in /data.', since: start }] }),
    'No. There is no room in /data.',
  ],
  [
    'a daemon is missing',
    status({}, { daemons: { connected: 1, expected: 2 } }),
    'No. Only 1 of 2 expected daemons are connected: see kubemon daemons.',
  ],
  [
    'there are none',
    status({}, { daemons: { connected: 0, expected: 0 } }),
    'No. No daemon is expected, and none is connected: see kubemon daemons.',
  ],
  [
    'something was wrong earlier',
    status(judged('degraded', 'Target node2 was missed on 1 of 12 ticks.', 'Another.')),
    'Partly. All is recorded now, but the run is degraded. Target node2 was missed on 1 of 12 ticks. (and 1 more reason below)',
  ],
  [
    'too much was wrong',
    status(judged('inconclusive', 'Target node2 was missed on 9 of 12 ticks.')),
    'No. The run is inconclusive so far. Target node2 was missed on 9 of 12 ticks.',
  ],
  [
    'who is there is not known',
    status({}, { discovery: [{ message: 'The API server is away.', since: start }] }),
    'Partly. The API server is away.',
  ],
  [
    'an error of foreign origin',
    status({ lastTick: { ...tick, targets: [{ ...missed, error: '\u001B[2Jevil\n' }] } }),
    'No. node2 was not scraped on the last tick (evil ).',
  ],
])('%s', (_, answer, sentence) => {
  const { answer: word, why } = judge(answer);
  expect(`${word}. ${why}`).toBe(sentence);
});

function withoutTick(elapsed: number): StatusAnswer {
  const { lastTick: _, ...recording } = well;
  return { message: 'm', daemons: { connected: 2, expected: 2 }, recording: { ...recording, elapsed } };
}
