import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CadvisorSample, readCadvisor } from '../support/kube/cadvisor.ts';
import { compareWithCadvisor } from '../support/kube/cadvisorAgreement.ts';
import { curl, deployed, namespace, untilText } from '../support/kube/deployment.ts';
import { createNamespace, guestImage, type TestNamespace } from '../support/kube/kubectl.ts';
import { forwardPort, type PortForward } from '../support/kube/portForward.ts';
import { startKubemon } from '../support/kubemon.ts';
import { describeWith, needs } from '../support/needs.ts';
import { readRun, type RunTables } from '../support/runFolder.ts';
import { until } from '../support/until.ts';

describeWith([needs.kubernetes, needs.kubemonImage], 'kubemon on a real cluster', () => {
  const deployment = deployed();
  let guests: TestNamespace;
  let recorder: PortForward;
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-deployed-'));
  beforeAll(async () => {
    guests = await createNamespace('deployed');
    recorder = await forwardPort(namespace, 'service/kubemon-recorder', 9880);
  });
  afterAll(async () => {
    await recorder.stop();
    await guests.remove();
    rmSync(folder, { recursive: true });
  });

  const url = (path: string) => `http://${recorder.address}${path}`;
  const file = (run: string, name: string) => url(`/runs/${run}/${name}`);

  async function startPod(name: string, script: string): Promise<void> {
    await guests.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'main', image: guestImage, command: ['sh', '-c', script] }],
      },
    });
  }

  /** Ends the process of the recorder without a word, as the kernel does when memory is short. */
  async function killRecorder(): Promise<void> {
    const { body } = await curl(file('killed', 'process.csv'));
    const rows = body.split('\n').filter((row) => row.includes(`,${namespace},kubemon-recorder-0,recorder,`));
    const [, pid = ''] = /,recorder,[0-9a-f]{12},(\d+),/.exec(rows.at(-1) ?? '') ?? [];
    // The nodes' processes are this machine's: kind's and those of a cluster in namespaces of its own.
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toContain('main.js\0recorder');
    process.kill(Number(pid), 'SIGKILL');
    await until('kubelet has started it again', async () => {
      const path = 'jsonpath={.status.containerStatuses[0]}';
      const status = await deployment().kubectl('get', 'pod', 'kubemon-recorder-0', '-o', path);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the API documents it
      const { restartCount, ready } = JSON.parse(status) as { restartCount: number; ready: boolean };
      return restartCount === 1 && ready;
    });
  }

  /** kubemon fetch, from the recorder in the cluster to a folder here. */
  async function fetchRun(run: string): Promise<RunTables> {
    const fetching = startKubemon(['fetch', run, folder, '--host', recorder.address], {});
    expect(await fetching.ended, fetching.output()).toBe(0);
    return readRun(join(folder, run));
  }

  test('curl starts a run of all nodes through the Service, and its first rows are there within a minute of kubectl apply', async () => {
    await until('every exporter is connected', async () => {
      const { body } = await curl(url('/daemons'));
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as recorder/api.ts says
      return (JSON.parse(body) as { connected: number }).connected === deployment().nodes.length;
    });
    const { status, body } = await curl('-X', 'POST', url('/start/first?interval=1'));
    expect([status, body]).toEqual([
      201,
      expect.stringContaining(`Starting ${deployment().nodes.length} daemons`),
    ]);
    await untilText(
      file('first', 'node.csv'),
      'the first row is written',
      (text) => text.split('\n').length > 2,
    );
    const seconds = (Date.now() - deployment().appliedAt) / 1000;
    process.stderr.write(`kubectl apply -k to the first CSV row: ${seconds.toFixed(1)} s\n`);
    expect(seconds).toBeLessThan(60);
  });

  test('a pod born during the run is recorded under its name, and its end too', async () => {
    await startPod('guest', 'while :; do seq 10000 >/dev/null; sleep 0.1; done');
    const born = await untilText(file('first', 'events.csv'), 'the guest is recorded', (text) =>
      text.includes(`Container main of pod ${guests.name}/guest is new.`),
    );
    await guests.kubectl('delete', 'pod', 'guest', '--now');
    const died = await untilText(file('first', 'events.csv'), 'its end is recorded', (text) =>
      text.includes(`Container main of pod ${guests.name}/guest is gone.`),
    );
    expect(died.startsWith(born)).toBe(true);
  });

  test('what kubelet shows and what is recorded is the same, and kubemon fetch brings it', async () => {
    await startPod('busy', 'while :; do seq 100000 >/dev/null; done');
    const readings: CadvisorSample[] = [];
    for (const end = Date.now() + 25_000; Date.now() < end; await sleep(2000)) {
      for (const node of deployment().nodes) readings.push(...(await readCadvisor(node)));
    }
    const { status, body } = await curl('-X', 'POST', url('/stop'));
    expect([status, body]).toEqual([200, expect.stringContaining('Stopped collector')]);

    const run = await fetchRun('first');
    const recorded = run.rows('node.csv').map(({ node }) => node);
    expect(new Set(recorded)).toEqual(new Set(deployment().nodes));
    const agreement = compareWithCadvisor(readings, run);
    expect(agreement.disagreements).toEqual([]);
    // Of every metric and every node.
    for (const [metric, compared] of agreement.compared) expect(compared, metric).toBeGreaterThan(0);
    expect(agreement.pods).toEqual(
      expect.arrayContaining([`${guests.name}/busy`, `${namespace}/kubemon-recorder-0`]),
    );
  });

  test('the guest was named within 3 s or two ticks of its start, and events.csv has its birth and its end', () => {
    const run = readRun(join(folder, 'first'));
    const rows = run.rows('container.csv').filter(({ pod }) => pod === 'guest');
    expect(new Set(rows.map((row) => row['container']))).toEqual(new Set(['main']));
    const life = run.rows('containers.csv').find(({ pod }) => pod === 'guest');
    const delay = (Date.parse(rows[0]?.['timestamp'] ?? '') - Date.parse(life?.['born'] ?? '')) / 1000;
    process.stderr.write(`A new pod is recorded under its name ${delay.toFixed(1)} s after its start.\n`);
    expect(delay).toBeLessThanOrEqual(3);
    const kinds = run
      .rows('events.csv')
      .filter(({ detail }) => detail?.includes(`pod ${guests.name}/guest `))
      .map(({ kind }) => kind);
    expect(kinds).toEqual(['container_born', 'container_died']);
  });

  const endings: readonly [string, () => Promise<unknown>][] = [
    ['deleted', async () => deployment().kubectl('delete', 'pod', 'kubemon-recorder-0')],
    ['killed', killRecorder],
  ];

  test.each(endings)('a run goes on in the same folder when the recorder is %s', async (run, end) => {
    expect((await curl('-X', 'POST', url(`/start/${run}?interval=1`))).status).toBe(201);
    const before = await untilText(
      file(run, 'node.csv'),
      'some ticks',
      (text) => text.split('\n').length > 6,
    );
    await end();
    await recorder.stop();
    await deployment().kubectl('rollout', 'status', 'statefulset/kubemon-recorder', '--timeout=60s');
    recorder = await forwardPort(namespace, 'service/kubemon-recorder', 9880);
    const after = await untilText(
      file(run, 'node.csv'),
      'the run has gone on',
      (text) => text.length > before.length + 1000,
    );
    expect(after.startsWith(before)).toBe(true);
    expect((await curl('-X', 'POST', url('/stop'))).status).toBe(200);
    const { manifest, rows } = await fetchRun(run);
    expect(manifest.interruptions).toHaveLength(1);
    const gaps = rows('events.csv').filter(({ kind, target }) => kind === 'gap' && target === 'recorder');
    expect(gaps).toHaveLength(1);
    const ticks = [...new Set(rows('node.csv').map(({ timestamp = '' }) => timestamp))];
    expect(ticks).toEqual(ticks.toSorted((a, b) => a.localeCompare(b)));
    process.stderr.write(`The recorder ${run}: ${gaps[0]?.['detail'] ?? ''}\n`);
  });
});
