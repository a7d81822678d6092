import { expect, test } from 'vitest';
import type {
  DaemonsAnswer,
  DaemonStatus,
  InstancesAnswer,
  RunsAnswer,
  RunStatus,
  RunSummary,
  StatusAnswer,
  Verdict,
} from '../../../recorder/api.ts';
import {
  mergeDaemons,
  mergeInstances,
  mergeRuns,
  mergeStatus,
} from '../../../recorder/shards/mergedAnswers.ts';
import type { ShardAnswer } from '../../../recorder/shards/shardAnswer.ts';

const since = '2026-01-01T00:00:00.000Z';
const silent = { shard: 2, problem: 'it does not answer at http://10.0.0.9:9880 (connection refused).' };
const silence =
  'Nothing is known of shard 2 of 3: it does not answer at http://10.0.0.9:9880 (connection refused).';

function all<Answer>(...answers: readonly Answer[]): readonly ShardAnswer<Answer>[] {
  return answers.map((answer, shard) => ({ shard, answer }));
}

function verdict(word: Verdict['verdict'], ...reasons: readonly string[]): Verdict {
  return {
    verdict: word,
    reasons,
    thresholds: { coverage: 0.95, alignmentShareOfInterval: 0.1, clockOffsetSeconds: 0.01 },
  };
}

function daemon(name: string, order: string): DaemonStatus {
  return { name, node: name, address: '10.0.0.1:9822', role: 'daemon', order, connected: true, since };
}

test('daemons: all of them as one recorder lists them, and the sums', () => {
  const away = { message: 'The API server is away.', since };
  const later = { ...away, since: '2026-01-01T00:00:09.000Z' };
  const one: DaemonsAnswer = {
    message: '',
    connected: 1,
    expected: 2,
    reason: 'r',
    daemons: [daemon('b', '1/b')],
    discovery: [later],
  };
  const other: DaemonsAnswer = {
    ...one,
    connected: 2,
    daemons: [daemon('a', '1/c'), daemon('c', '1/a')],
    discovery: [away],
  };
  const merged = mergeDaemons(all(one, other));
  expect(merged).toMatchObject({
    message: `3 of 4 daemons are connected (2 in shard 0, 2 in shard 1). Since ${since}: The API server is away.`,
    shards: [{ shard: 0 }, { shard: 1 }],
    connected: 3,
    expected: 4,
    reason: '2 in shard 0, 2 in shard 1',
    discovery: [away],
  });
  expect(merged.daemons.map(({ name }) => name)).toEqual(['c', 'b', 'a']);
});

test('instances: those of all nodes', () => {
  const on = (node: string): InstancesAnswer => ({
    message: '',
    total: 6,
    nodes: [{ node, target: node, os: 1, containers: 2, processes: 3 }],
  });
  const merged = mergeInstances(all(on('b'), on('a')));
  expect(merged.message).toBe('12 monitor instances on 2 nodes.');
  expect(merged.total).toBe(12);
  expect(merged.nodes.map(({ node }) => node)).toEqual(['a', 'b']);
});

function recordingOf(change: Partial<RunStatus> = {}): StatusAnswer {
  const recording: RunStatus = {
    run: 'r',
    path: '/data/r/shard=0',
    start: since,
    interval: 5,
    elapsed: 12.5,
    ticks: { planned: 3, done: 3, dropped: 0 },
    coverage: 1,
    alignmentP99Seconds: 0.001,
    rows: 10,
    bytes: 100,
    verdict: verdict('valid'),
    ...change,
  };
  return { message: 'Recording r.', daemons: { connected: 5, expected: 5 }, recording };
}

const idle: StatusAnswer = { message: 'Nothing is recording.', daemons: { connected: 5, expected: 5 } };

/** Its discovery is in trouble since then. */
function troubled(from: string): StatusAnswer {
  const message = `${idle.message} Since ${from}: The API server is away.`;
  return { ...idle, message, discovery: [{ message: 'The API server is away.', since: from }] };
}

test.each<[string, readonly ShardAnswer<StatusAnswer>[], Partial<StatusAnswer>]>([
  [
    'what all tell of discovery is told once',
    all(troubled('2026-01-01T00:00:09.000Z'), troubled('2026-01-01T00:00:08.000Z')),
    { message: 'Nothing is recording. Since 2026-01-01T00:00:08.000Z: The API server is away.' },
  ],
  [
    'nothing is recording',
    all(idle, idle),
    {
      message: 'Nothing is recording.',
      shards: [{ shard: 0 }, { shard: 1 }],
      daemons: { connected: 10, expected: 10 },
    },
  ],
  [
    'all record one run',
    all(
      recordingOf(),
      recordingOf({
        ticks: { planned: 3, done: 2, dropped: 1 },
        coverage: 0.5,
        alignmentP99Seconds: 0.002,
        verdict: verdict('degraded', 'Why.'),
        problems: [{ message: 'The disk is full.', since }],
      }),
    ),
    {
      message: `Recording r: 3 of 3 ticks so far, degraded. Since ${since}: Shard 1: The disk is full.`,
      recording: {
        run: 'r',
        path: '/data/r/shard=0',
        start: since,
        interval: 5,
        elapsed: 12.5,
        ticks: { planned: 3, done: 3, dropped: 0 },
        coverage: 0.5,
        alignmentP99Seconds: 0.002,
        rows: 20,
        bytes: 200,
        verdict: verdict('degraded', 'Shard 1: Why.'),
        problems: [{ message: 'Shard 1: The disk is full.', since }],
      },
    },
  ],
  [
    'their disks: the fullest counts',
    all({ ...recordingOf(), freeBytes: 300 }, { ...recordingOf(), freeBytes: 200 }, recordingOf()),
    { freeBytes: 200 },
  ],
  [
    'a shard does not record',
    all(recordingOf(), idle),
    {
      message:
        'Recording r: 3 of 3 ticks so far, inconclusive. Shard 1 does not record it: Nothing is recording.',
    },
  ],
  [
    'a shard does not answer',
    [...all(recordingOf(), recordingOf()), silent],
    {
      message: `Recording r: 3 of 3 ticks so far, inconclusive. ${silence}`,
      shards: [{ shard: 0 }, { shard: 1 }, silent],
    },
  ],
])('status: %s', (_, answers, expected) => {
  expect(mergeStatus(answers)).toMatchObject(expected);
});

test('status: the verdict of a run of which a shard tells nothing is inconclusive, and why', () => {
  const { recording, last } = mergeStatus([
    {
      shard: 0,
      answer: {
        ...recordingOf(),
        last: { run: 'q', path: '/q', verdict: verdict('valid'), problem: 'Full.' },
      },
    },
    { shard: 1, answer: { ...recordingOf(), last: { run: 'q', path: '/q', verdict: verdict('valid') } } },
    silent,
  ]);
  const reasons = ['Nothing is known of shard 2 of 3 (0 to 2) and its daemons.'];
  expect(recording?.verdict).toMatchObject({ verdict: 'inconclusive', reasons });
  expect(last).toMatchObject({
    run: 'q',
    verdict: { verdict: 'inconclusive', reasons },
    problem: 'Shard 0: Full.',
  });
});

test('status: of the last tick the earliest that all have, with all its targets', () => {
  const tick = (target: string, timestamp: string, state: 'done' | 'dropped' = 'done') =>
    recordingOf({ lastTick: { run: 'r', timestamp, state, rows: 2, targets: [{ target, up: true }] } });
  const at = (seconds: number) => `2026-01-01T00:00:0${seconds}.000Z`;
  expect(mergeStatus(all(tick('a', at(5)), tick('b', at(5)))).recording?.lastTick).toEqual({
    run: 'r',
    timestamp: at(5),
    state: 'done',
    rows: 4,
    targets: [
      { target: 'a', up: true },
      { target: 'b', up: true },
    ],
  });
  expect(mergeStatus(all(tick('a', at(5)), tick('b', at(0), 'dropped'))).recording?.lastTick).toMatchObject({
    timestamp: at(0),
    state: 'dropped',
    rows: 2,
  });
});

test('runs: the parts of a run are one run, what is missing is named', () => {
  const part = (run: string, shard: number, change: Partial<RunSummary> = {}): RunSummary => ({
    run,
    shard,
    shards: 3,
    state: 'stopped',
    start: since,
    stop: '2026-01-01T00:01:00.000Z',
    ticks: 12,
    bytes: 100,
    verdict: 'valid',
    ...change,
  });
  const { shard: _, shards: __, ...whole } = part('alone', 0);
  const runs = (...list: readonly RunSummary[]): RunsAnswer => ({
    message: `${list.length} runs in h:/d.`,
    runs: list,
  });
  const merged = mergeRuns([
    { shard: 0, answer: runs(part('a', 0), part('b', 0), whole) },
    {
      shard: 1,
      answer: runs(part('a', 1, { ticks: 11, verdict: 'degraded' }), part('b', 1, { state: 'recording' })),
    },
    { shard: 2, answer: runs(part('a', 2)) },
  ]);
  expect(merged.message).toBe(
    '3 runs. Shard 0: 3 runs in h:/d. Shard 1: 2 runs in h:/d. Shard 2: 1 runs in h:/d.',
  );
  const { verdict: ___, ...open } = part('b', 0, { bytes: 200, state: 'recording' });
  const { shard: ____, ...together } = part('a', 0, { bytes: 300, verdict: 'degraded' });
  const { shard: _____, ...others } = open;
  expect(merged.runs).toEqual([whole, together, { ...others, missingShards: [2] }]);
  const damaged = { ...runs(part('a', 1)), failures: ['The run.json of x is damaged (no JSON).'] };
  expect(mergeRuns(all(runs(part('a', 0)), damaged)).failures).toEqual([
    'Shard 1: The run.json of x is damaged (no JSON).',
  ]);
  expect(merged).not.toHaveProperty('failures');
  const without = mergeRuns([...all(runs(part('a', 0)), runs(part('a', 1))), silent]);
  expect(without.message).toContain(silence);
  expect(without.runs).toMatchObject([{ run: 'a', missingShards: [2], verdict: 'inconclusive' }]);
  const earlier = part('a', 1, { start: '2025-01-01T00:00:00.000Z', stop: '2025-01-01T00:00:09.000Z' });
  const ofOneName = mergeRuns(all(runs(part('a', 0)), runs(earlier), runs(part('a', 2))));
  expect(ofOneName.runs).toMatchObject([{ run: 'a', start: since, bytes: 200, missingShards: [1] }]);
});
