import { afterAll, beforeAll, expect, test } from 'vitest';
import { runKubemon } from '../recorder/cli/runKubemon.ts';
import { addHostAddresses, type HostAddresses } from '../support/hostAddresses.ts';
import { exporterSlice } from '../support/kube/endpoints.ts';
import { createNamespace, type TestNamespace } from '../support/kube/kubectl.ts';
import { type DiscoveringRecorder, startDiscoveringRecorder } from '../support/kube/recorder.ts';
import { startKubemon } from '../support/kubemon.ts';
import { describeWith, needs } from '../support/needs.ts';
import type { RunTables } from '../support/runFolder.ts';
import { answers, until } from '../support/until.ts';

const nodes = ['node-1', 'node-2', 'node-3', 'node-4', 'node-5'];
const lost = 'node-3';

describeWith([needs.kubernetes, needs.hostAddresses], 'five nodes, found through the API', () => {
  /** What ends what was started, also where not all of it was. */
  const closing: (() => Promise<unknown> | void)[] = [];
  let namespace: TestNamespace;
  let hosts: HostAddresses;
  let recorder: DiscoveringRecorder;

  beforeAll(async () => {
    namespace = await createNamespace('nodes');
    closing.push(namespace.remove);
    hosts = addHostAddresses(nodes.length);
    closing.push(hosts.remove);
    for (const [index, node] of nodes.entries()) {
      const exporter = startKubemon(['exporter'], {
        MONITOR_PORT: '9822',
        LISTEN_ADDRESS: addressOf(index),
        NODE_NAME: node,
        FROM_K8S: 'false',
      });
      closing.push(exporter.stop);
    }
    await namespace.apply(...nodes.map((node, index) => exporterSlice('exporter', node, urlOf(index))));
    for (const [index, node] of nodes.entries()) {
      await until(`the exporter of ${node} answers`, () => answers(urlOf(index)), 30);
    }
    recorder = await startDiscoveringRecorder({ SERVICE_NAME: `${namespace.name}/exporter` });
    closing.push(recorder.stop);
  });
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  function addressOf(index: number): string {
    return hosts.addresses[index] ?? '';
  }
  function urlOf(index: number): string {
    return `http://${addressOf(index)}:9822/metrics`;
  }

  test('a person sees them', async () => {
    await until('all are connected', async () => (await recorder.client.daemons()).connected === 5, 20);
    const { stdout } = await runKubemon(['daemons', '--host', recorder.address]);
    const [first, , header, ...rows] = stdout.trimEnd().split('\n');
    expect(first).toBe(
      `5 daemons connected, 5 expected (the service ${namespace.name}/exporter has 5 endpoints)`,
    );
    expect(header).toMatch(/^NAME +NODE +POD +READY +ADDRESS +STATE /);
    expect(rows.map((row) => row.split(/ {2,}/).slice(0, 6))).toEqual(
      nodes.map((node, index) => {
        const address = `${addressOf(index)}:9822`;
        return [node, node, `${namespace.name}/exporter-${node}`, 'yes', address, 'connected'];
      }),
    );
  });

  test('they are recorded on the same ticks, while one of them is cut off and healed', async () => {
    const { client } = recorder;
    expect(await client.start('five', { interval: 1 })).toMatchObject({ daemons: 5 });
    const recording = async () => (await client.status()).recording;
    const ticks = async () => (await recording())?.ticks.done ?? 0;
    const ticksLater = async (count: number) => {
      const now = await ticks();
      await until(`${count} ticks are done`, async () => (await ticks()) >= now + count, 30);
    };
    const isUp = async () => {
      const targets = (await recording())?.lastTick?.targets ?? [];
      return targets.some(({ target, up }) => target === lost && up);
    };
    await ticksLater(3);
    hosts.cut(addressOf(nodes.indexOf(lost)));
    await until('one is lost', async () => !(await isUp()), 20);
    await ticksLater(3);
    hosts.heal(addressOf(nodes.indexOf(lost)));
    await until('it is back', isUp, 20);
    await ticksLater(2);
    const { ticks: all, verdict } = await client.stop();
    expect(all).toMatchObject({ dropped: 0 });

    const run = recorder.run('five');
    const scrapes = (node: string) => run.rows('scrapes.csv').filter(({ target }) => target === node);
    const timestamps = [...new Set(run.rows('scrapes.csv').map(({ timestamp }) => timestamp))];
    expect(timestamps).toHaveLength(all.done);
    const missed = scrapes(lost).filter(({ up }) => up === '0');
    expect(missed.length).toBeGreaterThanOrEqual(3);
    expect(missed.map(({ error }) => error)).not.toContain('');
    const gap = new Set(missed.map(({ timestamp }) => timestamp));
    for (const node of nodes) {
      expect(scrapes(node).map(({ timestamp }) => timestamp)).toEqual(timestamps);
      expect(timestampsOf(run, node)).toEqual(
        timestamps.filter((timestamp) => node !== lost || !gap.has(timestamp)),
      );
    }
    const events = run.rows('events.csv').filter(({ kind }) => kind === 'gap' || kind?.startsWith('daemon_'));
    expect(events.map(({ kind, target }) => [kind, target])).toEqual([
      ['daemon_left', lost],
      ['gap', lost],
      ['daemon_joined', lost],
    ]);
    expect(events[1]?.['detail']).toContain(`was not recorded on ${missed.length} ticks`);
    expect(verdict.verdict).toBe('inconclusive');
    expect(verdict.reasons.filter((reason) => reason.includes(`Target ${lost} was`))).toHaveLength(1);
    expect(run.manifest.expected.count).toBe(5);
    expect(run.manifest.daemons).toMatchObject(
      nodes.map((node) => ({ name: node, role: 'daemon', pod: `${namespace.name}/exporter-${node}` })),
    );
  });
});

/** The ticks on which node.csv has a row of it. */
function timestampsOf(run: RunTables, node: string): readonly (string | undefined)[] {
  return run
    .rows('node.csv')
    .filter((row) => row['node'] === node)
    .map(({ timestamp }) => timestamp);
}
