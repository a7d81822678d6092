import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { KubernetesApi } from '../../exporter/serve/kubernetes/api.ts';
import { kubeConfigApi } from '../../exporter/serve/kubernetes/kubeConfig.ts';
import { closeAfterEach } from '../recorder/run/closing.ts';
import { kubemon, loopbackExporter, machine } from '../recorder/run/loopbackExporter.ts';
import { startApiServer, type TestApiServer } from '../support/kube/apiServer.ts';
import { writeKubeConfig } from '../support/kube/credentials.ts';
import { type Discovering, discovering } from '../support/kube/discovering.ts';
import { applyService, endpointSlices, exporterSlice, headlessService } from '../support/kube/endpoints.ts';
import { hostAddress } from '../support/kube/hostAddress.ts';
import { createNamespace, type TestNamespace } from '../support/kube/kubectl.ts';
import { startDiscoveringRecorder } from '../support/kube/recorder.ts';
import { shortWatches } from '../support/kube/shortWatches.ts';
import { describeWith, needs } from '../support/needs.ts';
import { until } from '../support/until.ts';

describeWith([needs.kubernetes, needs.apiServer], 'discovery through an API server of the test', () => {
  const later = closeAfterEach();
  let namespace: TestNamespace;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kubemon-api-server-'));
    namespace = await createNamespace('api-server');
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await namespace.remove();
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  /** It runs as long as the test does, and KUBECONFIG leads to it. */
  async function apiServer(...flags: readonly string[]): Promise<TestApiServer> {
    const server = await startApiServer(...flags);
    later(server.stop);
    const path = join(folder, 'kubeconfig');
    await writeKubeConfig(path, { server: server.url });
    vi.stubEnv('KUBECONFIG', path);
    return server;
  }

  function discover(api: KubernetesApi, serviceName: string): Discovering {
    const discovery = discovering(api, namespace.name, serviceName);
    later(discovery.close);
    return discovery;
  }

  test('where EndpointSlice is not served, Endpoints tell the same', async () => {
    await applyService(namespace, 'old', [
      { address: '10.245.16.1', node: 'node-1' },
      { address: '10.245.16.2', node: 'node-2', ready: false },
    ]);
    await apiServer('--runtime-config=discovery.k8s.io/v1=false');
    const discovery = discover(await kubeConfigApi(), 'old');
    await discovery.found();
    await until('the endpoints are found', () => discovery.targets().length === 2, 20);
    expect(discovery.targets().map(({ name, url, ready }) => ({ name, url, ready }))).toEqual([
      { name: 'node-1', url: 'http://10.245.16.1:9822/metrics', ready: true },
      { name: 'node-2', url: 'http://10.245.16.2:9822/metrics', ready: false },
    ]);
    expect(discovery.logged.filter((line) => line.startsWith('warn'))).toEqual([
      `warn EndpointSlice is not served: the Endpoints of ${namespace.name}/old are followed instead.`,
    ]);

    await applyService(namespace, 'old', [{ address: '10.245.16.3', node: 'node-3' }]);
    await until('a change is seen', () => discovery.names().join() === 'node-3', 20);
    expect(discovery.problems()).toEqual([]);
  });

  test('a watch from a version that etcd has dropped (410) leads to a new list', async () => {
    await namespace.apply(
      headlessService('compacted'),
      ...endpointSlices('compacted', [{ address: '10.245.16.1', node: 'node-1' }]),
    );
    // Its cache would know the versions that etcd has dropped.
    const server = await apiServer('--watch-cache=false');
    const proxy = await shortWatches(await kubeConfigApi());
    later(proxy.close);
    const discovery = discover(proxy.api, 'compacted');
    const slices = (kind: 'list' | 'watch') =>
      proxy.calls.filter((call) => call.kind === kind && call.body.includes('EndpointSlice'));
    const gone = () => proxy.calls.filter(({ body }) => body.includes('"code":410'));
    await until('it is found', () => discovery.targets().length === 1, 20);
    expect(slices('list')).toHaveLength(1);
    expect(gone()).toEqual([]);

    // What is written meanwhile makes the version old that the next watch goes on from.
    for (const name of ['newer', 'newest']) await namespace.kubectl('create', 'configmap', name);
    await server.compact();
    await until('a watch is refused', () => gone().length > 0, 30);
    await until('it has been listed again', () => slices('list').length > 1, 10);

    await namespace.apply(...endpointSlices('compacted', [{ address: '10.245.16.2', node: 'node-2' }]));
    await until('the change is seen', () => discovery.names().join() === 'node-2', 20);
    expect(discovery.problems()).toEqual([]);
  });

  test('an API server that hangs is noticed, and changes no targets', async () => {
    await namespace.apply(...endpointSlices('hung', [{ address: '10.245.16.1', node: 'node-1' }]));
    const server = await apiServer();
    const discovery = discover(await kubeConfigApi(), 'hung');
    await until('it is found', () => discovery.targets().length === 1, 20);
    expect(discovery.problems()).toEqual([]);
    server.freeze();
    await until('it is noticed', () => discovery.problems().length > 0, 30);
    expect(discovery.problems().map(({ message }) => message)).toEqual([
      `The Kubernetes API at ${server.url} does not tell the DaemonSet ${namespace.name}/hung: ` +
        'no answer within 15 s. It is tried again. What it told last is still scraped.',
    ]);
    expect(discovery.names()).toEqual(['node-1']);
  });

  test('the API server is killed and restarted during a run: no tick is lost', async () => {
    const exporters = await Promise.all(
      ['node-1', 'node-2'].map(async (node) => {
        const exporter = await loopbackExporter(kubemon(machine(node)), hostAddress());
        later(exporter.close);
        return { node, exporter };
      }),
    );
    await namespace.apply(
      ...exporters.map(({ node, exporter }) => exporterSlice('exporter', node, exporter.url)),
    );
    const server = await apiServer();
    const recorder = await startDiscoveringRecorder({ SERVICE_NAME: `${namespace.name}/exporter` });
    later(recorder.stop);
    const { client } = recorder;
    // The start waits for the first list.
    expect(await client.start('away', { interval: 1 })).toMatchObject({ daemons: 2 });
    const ticks = async () => (await client.status()).recording?.ticks.done ?? 0;
    const isAway = async () => (await client.status()).discovery !== undefined;
    await until('it records', async () => (await ticks()) >= 2, 20);

    const killed = Date.now();
    await server.kill();
    await until('it is told that the API is away', isAway, 20);
    const { message, discovery } = await client.daemons();
    const since = Date.parse(discovery?.[0]?.since ?? '');
    expect(since).toBeGreaterThanOrEqual(killed);
    expect(since).toBeLessThanOrEqual(Date.now());
    expect(message).toContain('cannot be reached for the endpointslices');
    expect(message).toContain('What it told last is still scraped.');
    const before = await ticks();
    await until('it records all the same', async () => (await ticks()) >= before + 5, 20);

    await server.start();
    await until('nothing is wrong any more', async () => !(await isAway()), 30);
    const stopped = await client.stop();
    const { done } = stopped.ticks;
    expect(stopped.ticks).toMatchObject({ planned: done, dropped: 0 });
    expect(stopped).toMatchObject({ coverage: 1 });
    const run = recorder.run('away');
    for (const { node } of exporters) {
      const scrapes = run.rows('scrapes.csv').filter((row) => row['target'] === node);
      expect(scrapes.map((row) => row['up'])).toEqual(Array.from({ length: done }, () => '1'));
    }
    expect(run.rows('events.csv').filter(({ kind }) => kind?.startsWith('daemon_'))).toEqual([]);
    expect(run.manifest.expected).toEqual({
      count: 2,
      reason: `the service ${namespace.name}/exporter has 2 endpoints`,
    });
  });
});
