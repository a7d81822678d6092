import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { StatusAnswer } from '../../recorder/api.ts';
import { csvFiles } from '../../recorder/csv/columns.ts';
import { shardOf } from '../../recorder/shards/rendezvous.ts';
import { verifyFolder } from '../../recorder/verify/verifyFolder.ts';
import { runKubemon } from '../recorder/cli/runKubemon.ts';
import { temporaryFolder } from '../recorder/merge/shardedRun.ts';
import { machine } from '../recorder/run/loopbackExporter.ts';
import { startApiServer } from '../support/kube/apiServer.ts';
import { startExporterAddresses } from '../support/kube/exporterAddresses.ts';
import type { TestNamespace } from '../support/kube/kubectl.ts';
import { getRecording, recording, untilStatus } from '../support/kube/recordings.ts';
import { recordingNamespace, shardSettings, type SharedRecorder } from '../support/kube/sharedRecorder.ts';
import { describeWith, needs } from '../support/needs.ts';
import { readRun, type RunTables } from '../support/runFolder.ts';
import { shapes, ticksOf, wholeTicks } from '../support/runShapes.ts';
import { until } from '../support/until.ts';

const nodes = Array.from({ length: 30 }, (_, index) => `node-${String(index + 1).padStart(3, '0')}`);

/** On that node a container has another in its place from then on, in seconds since the epoch. */
const change = { node: 'node-007', at: Infinity };

function shown(node: string) {
  const [before, after] = [machine(node), machine(node, ['0123456789ab', 'fedcba987654'])];
  return (collectedAt: number) =>
    (node === change.node && collectedAt > change.at ? after : before)(collectedAt);
}

describeWith([needs.kubernetes, needs.hostAddresses], 'three shards of thirty daemons', () => {
  const exporters = () => startExporterAddresses(nodes.length, shown);
  const { recorder, namespace: made, kubeConfig } = recordingNamespace('shards', { exporters });
  let namespace: TestNamespace;
  beforeAll(() => {
    namespace = made();
  });

  /** Starts those of so many recorders, each with further settings. */
  async function shards(
    count: number,
    numbers: readonly number[],
    further: Readonly<Record<string, string>> = {},
  ): Promise<readonly SharedRecorder[]> {
    const settings = await shardSettings(count);
    const all = await Promise.all(numbers.map((number) => recorder({ ...settings[number], ...further })));
    const theirs = nodes.filter((node) => numbers.includes(shardOf(node, count)));
    await until('their daemons are connected', async () => {
      const connected = await Promise.all(all.map(async ({ client }) => (await client.daemons()).connected));
      return connected.every((each) => each === theirs.length);
    });
    return all;
  }

  async function complete(
    name: string,
    ...recorders: readonly SharedRecorder[]
  ): Promise<readonly RunTables[]> {
    await namespace.kubectl('wait', '--for=condition=Complete', `recording/${name}`, '--timeout=60s');
    return recorders.map(({ run }) => run(name));
  }

  test('kubectl starts a run, curl stops it at any of them: it is that of one recorder', async () => {
    const all = await shards(3, [0, 1, 2]);
    // A namespace whose Recordings it may not see, and the endpoints of this one: runs are no objects for it.
    const one = await recorder({
      KUBECONFIG: await kubeConfig({ namespace: 'default' }),
      SERVICE_NAME: `${namespace.name}/exporter`,
    });
    expect(await one.client.start('one', { interval: 1 })).toMatchObject({ daemons: 30 });
    await namespace.apply(recording('whole', { interval: 1, daemons: 30, labels: { load: 'high' } }));
    await untilTicks(1, all);
    change.at = Math.ceil(Date.now() / 1000) + 1.5;
    await untilTicks(9, all);
    const stopped = await fetch(`http://${all[2]?.address}/stop`, { method: 'POST' });
    const parts = await complete('whole', ...all);
    const verdict = (await all[0]?.client.run('whole'))?.manifest.verdict;
    expect([stopped.status, await stopped.json()]).toMatchObject([
      200,
      { message: 'Stopped collector', verdict },
    ]);
    await one.client.stop();

    expect(parts.map(({ manifest }) => manifest.daemons.map(({ name }) => name))).toEqual(
      [0, 1, 2].map((shard) => nodes.filter((node) => shardOf(node, 3) === shard)),
    );
    const [ticks = [], ...others] = parts.map(ticksOf);
    expect(ticks.length).toBeGreaterThanOrEqual(9);
    expect(ticks[0]).toBe(parts[0]?.manifest.settings['firstTick']);
    expect(others).toEqual([ticks, ticks]);
    const { status } = await getRecording(namespace, 'whole');
    expect(status?.verdict).toBe(verdict?.verdict);
    expect(Object.keys(status?.shards ?? {})).toEqual(['0', '1', '2']);
    expect(status?.ticks?.planned).toBe(ticks.length);

    const folder = temporaryFolder();
    const { stdout } = await runKubemon([
      'fetch',
      'whole',
      folder,
      '--merge',
      '--host',
      all[1]?.address ?? '',
    ]);
    expect(stdout).toMatch(/ 36 files of 36 verified \(SHA-256\).*\nShards: 3 of 3\n/);
    const path = join(folder, 'whole');
    expect(await verifyFolder(path, { isCopy: true })).toMatchObject({ isVerified: true, findings: [] });
    const [merged, single] = [readRun(path), one.run('one')];
    expect(merged.manifest).toMatchObject({ labels: { load: 'high' }, expected: { count: 30 } });
    expect(merged.manifest.daemons.map(daemonOf)).toEqual(single.manifest.daemons.map(daemonOf));
    const common = new Set(
      wholeTicks(merged, nodes.length).filter((tick) => wholeTicks(single, nodes.length).includes(tick)),
    );
    expect(common.size).toBeGreaterThanOrEqual(4);
    for (const { name } of csvFiles) {
      expect([name, shapes(merged, name, common, differing)]).toEqual([
        name,
        shapes(single, name, common, differing),
      ]);
    }
    expect(shapes(merged, 'process.csv', common, differing)).toHaveLength(nodes.length * 2 * common.size);
    expect(merged.rows('containers.csv')).toHaveLength(nodes.length * 2 + 1);
    expect(merged.rows('events.csv').map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['container_died', 'process_died', 'container_born', 'process_born']),
    );
  });

  test('one that is killed goes on with its part and tells the gap, one that comes late, too', async () => {
    const settings = await shardSettings(3);
    const [first, killed] = await Promise.all(settings.slice(0, 2).map((each) => recorder(each)));
    if (first === undefined || killed === undefined) throw new Error('They are not started.');
    await namespace.apply(recording('gaps', { interval: 0.5 }));
    await untilTicks(3, [first, killed]);
    const late = await recorder(settings[2]);
    await untilTicks(1, [late]);
    await killed.kill();
    const without = await first.client.status();
    expect(without.message).toContain('Nothing is known of shard 1 of 3: it does not answer at ');
    expect(without.recording).toMatchObject({ run: 'gaps', verdict: { verdict: 'inconclusive' } });
    const back = await recorder(settings[1], killed.outputDir);
    await until('it goes on', async () => (await statusOf(back)).recording?.lastTick?.state === 'done', 30);
    await namespace.kubectl('patch', 'recording', 'gaps', '--type=merge', '-p', '{"spec":{"stop":true}}');
    const parts = (await complete('gaps', first, back, late)).map(({ manifest }) => manifest);
    expect(parts.slice(1).map(({ interruptions }) => interruptions.length)).toEqual([1, 1]);
    const [ticks, ...others] = parts.map(({ settings: { firstTick }, ticks: { planned, last } }) => ({
      firstTick,
      planned,
      last,
    }));
    expect(others).toEqual([ticks, ticks]);
    const { manifest } = await first.client.run('gaps');
    for (const shard of [1, 2]) {
      expect(manifest.verdict.reasons).toContainEqual(
        expect.stringMatching(
          new RegExp(`^Shard ${shard}: The recorder was interrupted once after .* ticks were lost\\.$`),
        ),
      );
    }
    expect(manifest.verdict.verdict).not.toBe('valid');
    const { status } = await getRecording(namespace, 'gaps');
    expect(status).toMatchObject({
      verdict: manifest.verdict.verdict,
      message: expect.stringMatching(/Recorder 1: .* ticks were lost/),
    });
  });

  test('one that never starts: what is recorded without it is inconclusive, and everybody says why', async () => {
    const [first, second] = await shards(3, [0, 1]);
    if (first === undefined || second === undefined) throw new Error('They are not started.');
    const absent = 'it does not answer at http://127.0.0.1:';
    const there = nodes.filter((node) => shardOf(node, 3) !== 2).length;
    await namespace.apply(recording('few', { daemons: 30 }));
    const few = await untilStatus(namespace, 'few', 'pending', ({ phase }) => phase === 'Pending');
    expect(few.message).toContain(
      `30 daemon(s) expected. There are connected only ${there}. Nothing is known of shard 2 of 3: ${absent}`,
    );
    await namespace.kubectl('delete', 'recording', 'few');

    const started = await first.client.start('without', { interval: 0.5, for: 2 });
    expect(started).toMatchObject({ run: 'without', daemons: there });
    expect(started.message).toMatch(
      /^Starting \d+ daemons and saving data at \S+\/without\/shard=0\. Nothing is known of shard 2 of 3: /,
    );
    const status = await untilStatus(namespace, 'without', 'over', ({ phase }) => phase === 'Completed');
    expect(status).toMatchObject({
      verdict: 'inconclusive',
      message: expect.stringContaining('Recorder 2: It has not told how the run ended: it is not running'),
    });
    const { message, manifest } = await second.client.run('without');
    expect(message).toContain(
      `Run without: stopped, inconclusive. Nothing is known of shard 2 of 3: ${absent}`,
    );
    expect(manifest).toMatchObject({ missingShards: [2], expected: { count: there } });
    expect(manifest.verdict.reasons).toContain('Nothing is known of shard 2 of 3 (0 to 2) and its daemons.');
    const { stdout } = await runKubemon(['fetch', 'without', temporaryFolder(), '--host', first.address]);
    expect(stdout).toContain('\nShards: 2 of 3; missing: 2, and with them their daemons\n');
  });

  test('of two starts at once one wins; more daemons than all have are refused', async () => {
    const all = await shards(3, [0, 1, 2]);
    const answers = await Promise.all(
      [0, 2].map(async (shard) =>
        fetch(`http://${all[shard]?.address}/start/race-${shard}`, { method: 'POST' }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
    const [won, lost] = answers[0]?.status === 201 ? [0, 2] : [2, 0];
    const [yes, no] = answers.toSorted((a, b) => a.status - b.status);
    expect(await yes?.json()).toMatchObject({ run: `race-${won}`, daemons: 30 });
    expect(await no?.json()).toMatchObject({ message: `Already recording race-${won}: stop it first.` });
    await untilTicks(1, all);
    await all[lost]?.client.stop();
    await complete(`race-${won}`);

    await namespace.apply(recording('many', { daemons: 31 }));
    const { message } = await untilStatus(namespace, 'many', 'pending', ({ phase }) => phase === 'Pending');
    expect(message).toMatch(/(^|: )31 daemon\(s\) expected\. There are connected only 30\.$/);
    await namespace.kubectl('delete', 'recording', 'many');
  });

  describeWith([needs.apiServer], 'and an API server that goes away', () => {
    test('without the API the run goes on; what was missed is told when it is back', async () => {
      const server = await startApiServer();
      try {
        const all = await shards(3, [0, 1, 2], { KUBECONFIG: await kubeConfig({ server: server.url }) });
        await namespace.apply(recording('away', { interval: 0.5 }));
        await untilTicks(1, all);
        await server.kill();
        await namespace.kubectl('patch', 'recording', 'away', '--type=merge', '-p', '{"spec":{"stop":true}}');
        await all[0]?.more('done', 4);
        const before = (await getRecording(namespace, 'away')).status;
        expect(before?.phase).toBe('Recording');
        await server.start();
        const parts = await complete('away', ...all);
        expect(parts.map(({ manifest }) => manifest.interruptions)).toEqual([[], [], []]);
        const [ticks = [], ...others] = parts.map(ticksOf);
        expect(others).toEqual([ticks, ticks]);
        expect((await getRecording(namespace, 'away')).status?.ticks?.planned).toBe(ticks.length);
        expect(ticks.length).toBeGreaterThan(before?.ticks?.planned ?? NaN);
      } finally {
        await server.stop();
      }
    });
  });

  test('there may be fewer for the next run; of the one before what is there is told, and what is not', async () => {
    const three = await shards(3, [0, 1, 2]);
    await namespace.apply(recording('by-three', { interval: 0.5, for: '2s' }));
    await complete('by-three');
    await Promise.all(three.map(({ stop }) => stop()));
    const settings = await shardSettings(2);
    const two = await Promise.all(settings.map((each, shard) => recorder(each, three[shard]?.outputDir)));
    await namespace.apply(recording('by-two', { interval: 0.5, for: '2s', daemons: 30 }));
    const parts = await complete('by-two', ...two);
    expect(parts.map(({ manifest }) => manifest.daemons.map(({ name }) => name))).toEqual(
      [0, 1].map((shard) => nodes.filter((node) => shardOf(node, 2) === shard)),
    );
    expect(Object.keys((await getRecording(namespace, 'by-two')).status?.shards ?? {})).toEqual(['0', '1']);

    const [{ client, address } = { client: undefined, address: '' }] = two;
    expect(await client?.run('by-three')).toMatchObject({
      message:
        'Run by-three: stopped, inconclusive. Nothing is known of shard 2 of 3: there are only 2 recorders now.',
      manifest: { parts: [0, 1], missingShards: [2] },
    });
    const folder = temporaryFolder();
    const { stdout } = await runKubemon(['fetch', 'by-three', folder, '--host', address]);
    expect(stdout).toContain('\nShards: 2 of 3; missing: 2, and with them their daemons\n');
    expect(readdirSync(join(folder, 'by-three'))).toEqual(['shard=0', 'shard=1']);
  });
});

/** Of that recorder alone. */
async function statusOf({ address }: SharedRecorder): Promise<StatusAnswer> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the recorder under test
  return (await (await fetch(`http://${address}/status?shard=own`)).json()) as StatusAnswer;
}

async function untilTicks(count: number, recorders: readonly SharedRecorder[]): Promise<void> {
  for (const each of recorders) {
    const done = async () => ((await statusOf(each)).recording?.ticks.done ?? 0) >= count;
    await until(`the recorder at ${each.address} has ${count} ticks`, done, 30);
  }
}

function daemonOf({ name, node, address, pod }: RunTables['manifest']['daemons'][number]) {
  return { name, node, address, pod };
}

/** Columns whose cells two recorders of the same daemons fill differently, and why. */
const differing: Readonly<Record<string, string>> = {
  requested_at: 'each recorder sends requests of its own',
  answered_at: 'which are answered one by one',
  collected_at: 'and for which the exporter collects one by one',
  skew_seconds: 'is collected_at less the tick',
  clock_offset_seconds: 'is measured by the request',
  clock_offset_error_seconds: 'is half of its round trip',
  bytes: 'counters may have gained a digit in between',
};
