import { expect, test } from 'vitest';
import type { TargetTally } from '../../../recorder/run/coverage.ts';
import { type Evidence, judge } from '../../../recorder/run/verdict.ts';

function daemon(target: string, tally: Partial<TargetTally> = {}): TargetTally {
  return {
    target,
    node: target,
    role: 'daemon',
    covered: 100,
    late: 0,
    missed: 0,
    firstError: undefined,
    ...tally,
  };
}

const clock = { target: 'one', offsetSeconds: 0.001, errorSeconds: 0.0005 };

const healthy: Evidence = {
  intervalSeconds: 1,
  ticks: { planned: 100, done: 100, dropped: 0 },
  expected: { count: 2, reason: 'TARGETS names 2' },
  targets: [daemon('one'), daemon('two')],
  alignment: { answers: 200, p50Seconds: 0.001, p99Seconds: 0.004, maxSeconds: 0.005, errorSeconds: 0.0005 },
  clocks: [{ ...clock, farthest: clock }],
  events: { container_born: 3, went_back: 7 },
  firstEvents: {},
  interruptions: [],
  troubles: [],
};

function verdictOn(change: Partial<Evidence>) {
  const { verdict, reasons } = judge({ ...healthy, ...change });
  return { verdict, reasons };
}

test('without a reason a run is valid; births and what went back are none', () => {
  expect(verdictOn({})).toEqual({ verdict: 'valid', reasons: [] });
});

test('missed and late scrapes degrade a run', () => {
  const two = daemon('two', { covered: 96, missed: 3, late: 1, firstError: 'refused: nobody listens' });
  expect(verdictOn({ targets: [daemon('one'), two] })).toEqual({
    verdict: 'degraded',
    reasons: [
      'Target two was missed on 3 and late on 1 of 100 ticks. The first error: refused: nobody listens',
    ],
  });
});

test.each([
  [95, 'degraded'],
  [94, 'inconclusive'],
])('an expected daemon on %d %% of the ticks makes it %s', (covered, verdict) => {
  const two = daemon('two', { covered, missed: 100 - covered });
  expect(verdictOn({ targets: [daemon('one'), two] }).verdict).toBe(verdict);
});

test('a daemon that was found late lacks the ticks before', () => {
  expect(verdictOn({ targets: [daemon('one'), daemon('two', { covered: 60 })] })).toEqual({
    verdict: 'inconclusive',
    reasons: ['Target two was not yet or no longer a target on 40 of 100 ticks.'],
  });
});

test.each([
  [1, 'once'],
  [2, '2 times, first'],
])('%d interruptions are one reason; their ticks are told there and not as dropped', (count, times) => {
  const interruptions = Array.from({ length: count }, (_, index) => ({
    from: `2026-01-02T03:04:0${index}.000Z`,
    to: `2026-01-02T03:04:0${index}.500Z`,
    ticks: 2,
  }));
  const [one, two] = [daemon('one', { covered: 96 }), daemon('two', { covered: 96 })];
  const dropped = 2 * count;
  expect(
    verdictOn({ interruptions, targets: [one, two], ticks: { planned: 96 + dropped, done: 96, dropped } }),
  ).toEqual({
    verdict: 'degraded',
    reasons: [
      `The recorder was interrupted ${times} after 2026-01-02T03:04:00.000Z: ${dropped} of ${96 + dropped} ticks were lost.`,
    ],
  });
});

test('a daemon that never answered was never seen', () => {
  const two = daemon('two', {
    role: 'unknown',
    covered: 0,
    missed: 100,
    firstError: 'refused: nobody listens',
  });
  expect(verdictOn({ targets: [daemon('one'), two] })).toEqual({
    verdict: 'inconclusive',
    reasons: [
      'Daemon two was expected, but never seen in 100 ticks. The first error: refused: nobody listens',
    ],
  });
});

test('fewer daemons than expected are inconclusive', () => {
  expect(verdictOn({ expected: { count: 3, reason: 'NUM_DAEMONS is 3' } })).toEqual({
    verdict: 'inconclusive',
    reasons: ['3 daemons were expected (NUM_DAEMONS is 3), and only 2 were targets: 1 was never seen.'],
  });
});

test('another target that fails degrades the run, however often', () => {
  const app = daemon('app', { role: 'further', covered: 0, late: 100, firstError: 'timeout: no answer' });
  expect(verdictOn({ targets: [daemon('one'), daemon('two'), app] })).toEqual({
    verdict: 'degraded',
    reasons: ['Target app was never seen in 100 ticks. The first error: timeout: no answer'],
  });
});

test('alignment beyond a tenth of the interval', () => {
  expect(verdictOn({ alignment: { ...healthy.alignment, p99Seconds: 0.1 } }).verdict).toBe('valid');
  expect(verdictOn({ alignment: { ...healthy.alignment, p99Seconds: 0.12345 } })).toEqual({
    verdict: 'degraded',
    reasons: [
      'Samples were off their tick by 123 ms (p99), more than the 100 ms that are 10 % of the interval.',
    ],
  });
});

test('a clock that is off by more than 10 ms beyond the error of its measurement', () => {
  const near = { offsetSeconds: 0.012, errorSeconds: 0.002 };
  expect(verdictOn({ clocks: [{ ...clock, farthest: near }] }).verdict).toBe('valid');
  const far = { offsetSeconds: -0.03, errorSeconds: 0.0004 };
  expect(verdictOn({ clocks: [{ ...clock, farthest: far }] })).toEqual({
    verdict: 'degraded',
    reasons: [
      "The clock of one was 30 ms (+- 0.4 ms) behind the recorder's, more than 10 ms beyond the error. " +
        'Synchronise the clocks (NTP).',
    ],
  });
});

test('a clock that cannot be measured to 10 ms', () => {
  const vague = { target: 'one', offsetSeconds: 0, errorSeconds: 0.025 };
  expect(verdictOn({ clocks: [{ ...vague, farthest: vague }] })).toEqual({
    verdict: 'degraded',
    reasons: ['The clock of one could only be measured to 25 ms, not to 10 ms: the way to it is too slow.'],
  });
});

test('dropped ticks, resets, clock steps, limits and what else went wrong', () => {
  const { verdict, reasons } = verdictOn({
    ticks: { planned: 102, done: 100, dropped: 2 },
    events: { tick_dropped: 2, reset: 1, clock_step: 1, limit_hit: 4 },
    firstEvents: {
      tick_dropped: 'The disk is full.',
      reset: 'The machine was booted again.',
      clock_step: 'It was stepped by +2.000 s.',
      limit_hit: 'too_many: line 9: more than 5 samples',
    },
    troubles: ['The last rows could not be written: no space.'],
  });
  expect(verdict).toBe('degraded');
  expect(reasons).toEqual([
    '2 of 102 ticks were dropped. The first: The disk is full.',
    'Counters were reset: 1 (events.csv). The first: The machine was booted again.',
    "The recorder's clock was stepped: 1 (events.csv). The first: It was stepped by +2.000 s.",
    'Answers exceeded a limit: 4 (events.csv). The first: too_many: line 9: more than 5 samples',
    'The last rows could not be written: no space.',
  ]);
});

test('a run without ticks or without targets is inconclusive, for that reason alone', () => {
  expect(verdictOn({ targets: [], ticks: { planned: 0, done: 0, dropped: 0 } })).toEqual({
    verdict: 'inconclusive',
    reasons: ['No tick was recorded: the first had not come yet.'],
  });
  expect(
    verdictOn({
      targets: [],
      ticks: { planned: 2, done: 0, dropped: 2 },
      firstEvents: { tick_dropped: 'The disk is full.' },
    }),
  ).toEqual({
    verdict: 'inconclusive',
    reasons: ['No tick was recorded.', '2 of 2 ticks were dropped. The first: The disk is full.'],
  });
  expect(verdictOn({ targets: [], expected: { count: 0, reason: 'TARGETS names 0' } })).toEqual({
    verdict: 'inconclusive',
    reasons: ['There was no target to record.'],
  });
});

test('a shard to which no daemon belongs has missed nothing', () => {
  const none = { targets: [], expected: { count: 0, reason: 'shard 2 of 3' }, shard: 2 };
  expect(verdictOn(none)).toEqual({ verdict: 'valid', reasons: [] });
  expect(verdictOn({ ...none, expected: { count: 1, reason: 'shard 2 of 3' } })).toEqual({
    verdict: 'inconclusive',
    reasons: ['There was no target to record.'],
  });
});

test('of shards whose part is missing nothing is known', () => {
  expect(verdictOn({ shards: 3, missingShards: [1] })).toEqual({
    verdict: 'inconclusive',
    reasons: ['The part of shard 1 of 3 (0 to 2) is missing: nothing is known of its daemons.'],
  });
});

test('the thresholds are told with the verdict', () => {
  expect(judge(healthy).thresholds).toEqual({
    coverage: 0.95,
    alignmentShareOfInterval: 0.1,
    clockOffsetSeconds: 0.01,
  });
});
