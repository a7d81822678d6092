import { expect, test } from 'vitest';
import { daemonName } from '../recorder/fleet.ts';
import type { RecordedPart, ShardsRun } from './recordShards.ts';
import { sampleCost } from './sampleCost.ts';
import { shardsResult } from './shardsResult.ts';

const interval = 10;
const start = Date.parse('2026-01-02T03:04:00.000Z') / 1000;
const load = { daemons: 3, shards: 2, samples: 100, interval, compressed: true, churn: 0, ticks: 3 };

const use = (cpu: number) => ({ cpu, resident: 1000, highest: 1000 + cpu * 100 });

interface Told {
  /** Of the first tick, counted from the start. */
  readonly first?: number;
  readonly count?: number;
  /** Tick and daemon of a scrape that failed. */
  readonly failed?: readonly [tick: number, daemon: number];
}

/** A recorder that takes 4 s of CPU for its first tick, and a second for each of the others. */
function part(daemons: readonly number[], { first = 0, count = 3, failed }: Told = {}): RecordedPart {
  const ticks = Array.from({ length: count }, (_, index) => {
    const targets = daemons.map((daemon) =>
      failed?.[0] === index && failed[1] === daemon
        ? { target: daemonName(daemon), up: false, error: 'timeout' }
        : { target: daemonName(daemon), up: true, samples: 100 },
    );
    const timestamp = new Date((start + (first + index) * interval) * 1000).toISOString();
    const result = { run: 'r', timestamp, state: 'done' as const, rows: 1, targets };
    return { result, committedAfter: 2 + index, use: use(5 + index) };
  });
  const verdict = {
    verdict: 'valid' as const,
    reasons: [],
    thresholds: { coverage: 0.95, alignmentShareOfInterval: 0.1, clockOffsetSeconds: 0.01 },
  };
  const stopped = {
    message: '',
    run: 'r',
    path: '/r',
    verdict,
    ticks: { planned: count, done: count, dropped: 0 },
    rows: count,
    bytes: 6000,
  };
  return { before: use(1), ticks, stopped, residentAtStart: 500 };
}

function resultOf(...parts: readonly RecordedPart[]) {
  const moments = parts.flatMap(({ ticks }) =>
    ticks.map(({ result }) => Date.parse(result.timestamp) / 1000),
  );
  const run: ShardsRun = {
    load,
    parts,
    arrivals: [...new Set(moments)].flatMap((at) =>
      [0, 1, 2].map((daemon) => ({ daemon, at, arrivedAt: at - 0.5 })),
    ),
    samplesPerScrape: 100,
    bytesOnWire: 250,
    daemonCpu: 0.75,
    verdict: { verdict: 'valid', reasons: [] },
  };
  return shardsResult(run);
}

test('what several recorders did together, and each of them', () => {
  const { shards, problem, ...result } = resultOf(part([0, 2]), part([1]));
  expect(problem).toBeUndefined();
  expect(result).toEqual({
    load,
    placed: 3,
    startSpread: 0,
    endSpread: 0,
    scrapes: 9,
    missed: 0,
    samplesPerTick: 300,
    cpuPerTick: 2,
    committedWorst: 4,
    daemonCpuPerTick: 0.25,
    bytesOnWirePerSample: 2.5,
    verdict: { verdict: 'valid', reasons: [] },
  });
  expect(shards[0]).toMatchObject({
    daemons: 2,
    ticks: 2,
    askedInTime: 1,
    firstSight: 3,
    firstTick: start,
    lastTick: start + 20,
    bytesPerSample: 10,
  });
  expect(shards.map(({ daemons }) => daemons)).toEqual([2, 1]);
});

test('what a sample costs is that of the first recorder', () => {
  expect(sampleCost(resultOf(part([0, 2]), part([1])))).toEqual({
    cpu: 1 / 200,
    firstCpu: 3 / 200,
    memory: 1200 / 200,
    idleMemory: 500,
    disk: 10,
    wire: 2.5,
  });
});

test('a daemon in no shard, or in two, is told', () => {
  expect(resultOf(part([0, 1]), part([1]))).toMatchObject({
    placed: 1,
    problem: '2 daemons are not in exactly one shard',
  });
});

test('shards that begin or end apart are told', () => {
  const late = resultOf(part([0, 2]), part([1], { first: 1, count: 2 }));
  expect(late).toMatchObject({ startSpread: 1, endSpread: 0, problem: 'the shards began 1 ticks apart' });
  const long = resultOf(part([0, 2]), part([1], { count: 5 }));
  expect(long).toMatchObject({ startSpread: 0, endSpread: 2, problem: 'the shards ended 2 ticks apart' });
});

test('a scrape that is missed is a problem, on the first tick too', () => {
  expect(resultOf(part([0, 2], { failed: [1, 2] }), part([1]))).toMatchObject({
    missed: 1,
    problem: 'timeout',
  });
  expect(resultOf(part([0, 2]), part([1], { failed: [0, 1] }))).toMatchObject({
    missed: 1,
    problem: '1 scrapes of the first tick were missed, when every series is new',
  });
});
