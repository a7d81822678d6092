import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { closeAfterEach } from './closing.ts';
import { type Behaviour, foreign, hostile, kubemon, loopbackExporter, machine } from './loopbackExporter.ts';
import { loopbackRecorder } from './loopbackRecorder.ts';

const later = closeAfterEach();

async function exporter(behaviour: Behaviour) {
  const server = await loopbackExporter(behaviour);
  later(server.close);
  return server;
}

async function recorder(targets: Readonly<Record<string, string>>, environment = {}) {
  const started = await loopbackRecorder(targets, environment);
  later(started.close);
  return started;
}

/** The ticks of a file's rows of one target or node. */
function ticks(rows: readonly Readonly<Record<string, string>>[], node: string): readonly string[] {
  return rows.filter((row) => row['node'] === node).map((row) => row['timestamp'] ?? '');
}

function repeat<T>(times: number, items: readonly T[]): readonly T[] {
  return Array.from({ length: times }, () => items).flat();
}

test('a healthy pair is recorded on common ticks, and valid', async () => {
  const one = await exporter(kubemon(machine('one')));
  const two = await exporter(kubemon(machine('two')));
  const { control, ended, rows, outputDir } = await recorder({ one: one.url, two: two.url });
  const stopped = ended();
  await control.start({ run: 'healthy', interval: 1, for: 4, labels: { load: 'high' } });
  const { message, verdict, manifest } = await stopped;

  expect(message).toBe('Stopped collector');
  expect(verdict).toMatchObject({ verdict: 'valid', reasons: [] });
  expect(manifest).toMatchObject({
    schemaVersion: 1,
    run: 'healthy',
    state: 'stopped',
    labels: { load: 'high' },
    settings: { intervalSeconds: 1, timeoutSeconds: 0.8, leadSeconds: 0.5, forSeconds: 4 },
    expected: { count: 2, reason: 'TARGETS names 2' },
    ticks: { planned: 4, done: 4, dropped: 0 },
    coverage: [
      { target: 'one', node: 'one', planned: 4, covered: 4, late: 0, missed: 0, share: 1 },
      { target: 'two', covered: 4 },
    ],
    alignment: { answers: 8 },
    events: {},
    marks: [],
  });
  expect(manifest.daemons[0]).toEqual({
    name: 'one',
    node: 'one',
    address: new URL(one.url).host,
    role: 'daemon',
    kernel: '6.1.0',
    cpus: 4,
    memoryBytes: 8241537024,
    cgroupVersion: '2',
    exporterVersion: '0.1.0',
  });
  expect(JSON.parse(await readFile(join(outputDir, 'healthy', 'run.json'), 'utf8'))).toEqual(manifest);

  const node = await rows('healthy', 'node.csv');
  expect(ticks(node, 'one')).toHaveLength(4);
  expect(ticks(node, 'two')).toEqual(ticks(node, 'one'));
  expect(ticks(node, 'one').every((tick) => Date.parse(tick) % 1000 === 0)).toBe(true);
  expect(manifest.ticks.first).toBe(ticks(node, 'one')[0]);

  const scrapes = await rows('healthy', 'scrapes.csv');
  expect(scrapes.map((row) => row['target'])).toEqual(repeat(4, ['one', 'two', 'recorder']));
  const first = scrapes[0];
  expect(first).toMatchObject({ node: 'one', up: '1', error: '', samples: '21' });
  expect(Number(first?.['skew_seconds'])).toBeCloseTo(
    Number(first?.['collected_at']) - Date.parse(first?.['timestamp'] ?? '') / 1000,
    5,
  );
  const own = scrapes.filter((row) => row['target'] === 'recorder');
  expect(own.every((row) => Number(row['exporter_resident_memory_bytes']) > 1e6)).toBe(true);
  expect(Number(own.at(-1)?.['exporter_cpu_seconds_total'])).toBeGreaterThan(0);

  for (const { name, bytes, rows: count, sha256 } of manifest.files) {
    const content = await readFile(join(outputDir, 'healthy', name));
    expect([name, content.length]).toEqual([name, bytes]);
    expect([name, createHash('sha256').update(content).digest('hex')]).toEqual([name, sha256]);
    expect([name, (await rows('healthy', name)).length]).toEqual([name, count]);
  }
});

test('requests go out ahead of the tick and are collected at it', async () => {
  const one = await exporter(kubemon(machine('one')));
  const { control, ended, rows } = await recorder({ one: one.url });
  const stopped = ended();
  await control.start({ run: 'ahead', interval: 0.4, for: 0.8 });
  await stopped;
  const scrapes = (await rows('ahead', 'scrapes.csv')).filter((row) => row['target'] === 'one');
  for (const row of scrapes) {
    const tick = Date.parse(row['timestamp'] ?? '') / 1000;
    expect(one.requests).toContain(`/metrics?at=${tick}`);
    expect(tick - Number(row['requested_at'])).toBeGreaterThan(0);
    expect(tick - Number(row['requested_at'])).toBeLessThan(0.21);
    expect(Number(row['collected_at'])).toBeGreaterThanOrEqual(tick);
  }
  expect(scrapes).toHaveLength(2);
});

test.each(Object.entries(hostile))(
  '%s costs the other target nothing',
  async (_, behaviour) => {
    const good = await exporter(kubemon(machine('good')));
    const bad = await exporter(behaviour);
    const { control, ended, rows } = await recorder(
      { good: good.url, bad: bad.url },
      { BODY_SIZE_LIMIT: '1Mi' },
    );
    const stopped = ended();
    await control.start({ run: 'hostile', interval: 0.4, for: 1.6 });
    const { verdict, manifest } = await stopped;

    expect(ticks(await rows('hostile', 'node.csv'), 'good')).toHaveLength(4);
    expect(await rows('hostile', 'process.csv')).toHaveLength(8);
    const scrapes = (await rows('hostile', 'scrapes.csv')).filter((row) => row['target'] === 'bad');
    expect(scrapes.map((row) => row['up'])).toEqual(['0', '0', '0', '0']);
    expect(scrapes.every((row) => row['error'] !== '')).toBe(true);
    expect(verdict.verdict).toBe('inconclusive');
    expect(verdict.reasons[0]).toMatch(
      /^Daemon bad was expected, but never seen in 4 ticks\. The first error: \w+: /,
    );
    expect(manifest.coverage).toMatchObject([
      { target: 'good', covered: 4 },
      { target: 'bad', covered: 0 },
    ]);
  },
  15_000,
);

test('a limit that is hit is an event and a reason', async () => {
  const one = await exporter(kubemon(machine('one')));
  const { control, ended, rows } = await recorder({ one: one.url }, { SAMPLE_LIMIT: '20' });
  const stopped = ended();
  await control.start({ run: 'limit', interval: 0.3, for: 0.6 });
  const { verdict } = await stopped;
  expect(await rows('limit', 'events.csv')).toMatchObject([
    { kind: 'limit_hit', target: 'one', detail: expect.stringContaining('more than 20 samples') as unknown },
    { kind: 'limit_hit', target: 'one' },
  ]);
  expect(verdict.reasons).toContainEqual(
    expect.stringMatching(/^Answers exceeded a limit: 2 \(events\.csv\)/),
  );
});

test('a clock that is 30 ms off is told by the verdict', async () => {
  const right = await exporter(kubemon(machine('right')));
  const fast = await exporter(kubemon(machine('fast'), 0.03));
  const { control, ended } = await recorder({ right: right.url, fast: fast.url });
  const stopped = ended();
  await control.start({ run: 'fast', interval: 0.5, for: 1.5 });
  const { verdict, manifest } = await stopped;
  expect(verdict.verdict).toBe('degraded');
  expect(verdict.reasons).toContainEqual(
    expect.stringMatching(/^The clock of fast was [\d.]+ ms \(\+- [\d.]+ ms\) ahead of the recorder's/),
  );
  const [, clock] = manifest.clocks;
  expect(Math.abs((clock?.offsetSeconds ?? 0) - 0.03)).toBeLessThanOrEqual((clock?.errorSeconds ?? 0) + 1e-4);
  // It collects at the tick of its own clock, that is 30 ms early.
  expect(manifest.alignment.maxSeconds).toBeGreaterThan(0.02);
});

test('another Prometheus exporter is recorded into samples.csv on the same ticks', async () => {
  const one = await exporter(kubemon(machine('one')));
  const app = await exporter(foreign('requests_total{code="200"} 12\nup 1\n'));
  const { control, ended, rows } = await recorder({ one: one.url, app: app.url });
  const stopped = ended();
  const { daemons } = await control.start({ run: 'app', interval: 1, for: 2 });
  const { verdict, manifest } = await stopped;

  expect(daemons).toBe(1);
  expect(verdict).toMatchObject({ verdict: 'valid', reasons: [] });
  expect(manifest.expected).toEqual({
    count: 1,
    reason: 'TARGETS names 2, 1 of them no kubemon exporter',
  });
  const samples = await rows('app', 'samples.csv');
  expect(samples).toHaveLength(4);
  expect(samples[0]).toMatchObject({
    node: '',
    target: 'app',
    metric: 'requests_total',
    labels: '{"code":"200"}',
    value: '12',
  });
  expect(ticks(samples, '').filter((_, index) => index % 2 === 0)).toEqual(
    ticks(await rows('app', 'node.csv'), 'one'),
  );
  expect(app.requests.every((url) => url === '/metrics')).toBe(true);
});

test('containers that come and go are in events.csv and containers.csv', async () => {
  let containers = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'];
  const one = await exporter((request, response) => kubemon(machine('one', containers))(request, response));
  const { control, rows } = await recorder({ one: one.url });
  const seen: string[] = [];
  const third = new Promise<void>((resolve) => {
    control.onTick(({ timestamp }) => {
      seen.push(timestamp);
      // The second tick is answered by then: the third shows other containers.
      if (seen.length === 2) containers = ['bbbbbbbbbbbb', 'cccccccccccc'];
      if (seen.length === 4) resolve();
    });
  });
  await control.start({ run: 'lives', interval: 0.5 });
  await third;
  await control.stop();

  const events = (await rows('lives', 'events.csv')).filter((row) => row['kind']?.startsWith('container'));
  const lives = await rows('lives', 'containers.csv');
  expect(events.map((row) => [row['kind'], row['subject']])).toEqual([
    ['container_died', 'aaaaaaaaaaaa'],
    ['container_born', 'cccccccccccc'],
  ]);
  const died = events[0]?.['timestamp'];
  expect(seen.slice(2, 4)).toContain(died);
  expect(lives.map((row) => [row['container_id'], row['died']])).toEqual([
    ['aaaaaaaaaaaa', died],
    ['bbbbbbbbbbbb', ''],
    ['cccccccccccc', ''],
  ]);
});

test('stopping waits for answers that are due, but not for one that hangs', async () => {
  const one = await exporter(kubemon(machine('one')));
  const stuck = await exporter(hostile['hang'] ?? foreign(''));
  const { control, rows } = await recorder({ one: one.url, stuck: stuck.url }, { SCRAPE_TIMEOUT: '60' });
  await control.start({ run: 'stuck', interval: 3 });
  const probes = stuck.requests.length;
  await vi.waitUntil(() => stuck.requests.length > probes, { timeout: 5000, interval: 20 });
  const before = performance.now();
  const { verdict } = await control.stop();
  expect(performance.now() - before).toBeLessThan(4000);
  const { manifest } = await control.run('stuck');
  expect(manifest.settings.timeoutSeconds).toBe(3);
  expect(manifest.ticks.done).toBeGreaterThan(0);
  const scrapes = await rows('stuck', 'scrapes.csv');
  expect(scrapes).toHaveLength(3 * manifest.ticks.done);
  expect(scrapes.map((row) => row['up'])).toEqual(repeat(manifest.ticks.done, ['1', '0', '1']));
  expect(verdict.verdict).toBe('inconclusive');
}, 15_000);
