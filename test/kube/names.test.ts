import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type Collect, createCollect } from '../../exporter/collect.ts';
import { createLog } from '../../exporter/serve/log.ts';
import { readSettings } from '../../exporter/serve/settings.ts';
import { exporterSettings } from '../../exporter/settings.ts';
import type { Snapshot } from '../../exporter/snapshot.ts';
import { watchPods } from '../../exporter/source/pods.ts';
import { openSources, type Sources } from '../../exporter/sources.ts';
import { recordedLog } from '../exporter/source/recordedLog.ts';
import { allowPods, createAccount, mountAccount } from '../support/kube/account.ts';
import { createNamespace, guestImage, kubectl, type TestNamespace } from '../support/kube/kubectl.ts';
import { describeWith, type Need, needs } from '../support/needs.ts';

const soon = { timeout: 60_000, interval: 100 };

/** The nodes of kind and minikube have cgroup trees of their own. */
const nodesHere: Need = () =>
  ['memory/kubepods', 'memory/kubepods.slice', 'kubepods', 'kubepods.slice'].some((folder) =>
    existsSync(`/sys/fs/cgroup/${folder}`),
  )
    ? undefined
    : 'the cgroups of the nodes are not those of this machine';

let namespace: TestNamespace;
let nodes: readonly string[];

describeWith([needs.kubernetes, nodesHere], 'the exporter on a node', () => {
  let sources: Sources;
  let collect: Collect;
  beforeAll(async () => {
    namespace = await createNamespace('names');
    nodes = (await kubectl('get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}')).split(' ');
    ({ sources, collect } = await open({}));
  });
  afterAll(async () => {
    await namespace.remove();
    sources.close();
  });

  /** An exporter of the first node, which sees the containers of all nodes. */
  async function open(settings: Readonly<Record<string, string>>) {
    const all = { FROM_K8S: 'true', NODE_NAME: nodes[0], ...settings };
    const opened = await openSources(readSettings(exporterSettings, {}, all), createLog('test', 'silent'));
    await vi.waitUntil(() => !opened.names.pending, soon);
    return { sources: opened, collect: createCollect(opened) };
  }

  async function podOf(name: string): Promise<V1Pod> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's own type
    return JSON.parse(await namespace.kubectl('get', 'pod', name, '-o', 'json')) as V1Pod;
  }

  test('names init containers, sidecars, containers and ephemeral ones, and leaves out the sandbox', async () => {
    await run('kinds', {
      initContainers: [
        { name: 'setup', ...script('sleep 5') },
        { name: 'log', ...script('sleep 1000'), restartPolicy: 'Always' },
      ],
      containers: [{ name: 'web', ...script('sleep 1000') }],
    });
    await expect.poll(() => namesIn(collect(), 'kinds'), soon).toEqual(['setup']);
    await expect.poll(() => namesIn(collect(), 'kinds'), soon).toEqual(['log', 'web']);
    await namespace.kubectl(
      'debug',
      'kinds',
      `--image=${guestImage}`,
      '--container=debug',
      '--',
      'sleep',
      '1000',
    );
    await expect.poll(() => namesIn(collect(), 'kinds'), soon).toEqual(['debug', 'log', 'web']);

    const shown = shownIn(collect(), 'kinds');
    const { metadata, status } = await podOf('kinds');
    const statuses = [
      ...(status?.ephemeralContainerStatuses ?? []),
      ...(status?.initContainerStatuses ?? []).slice(1),
      ...(status?.containerStatuses ?? []),
    ];
    expect(shown.map(({ name, id, image: of, runtime }) => [name, `${runtime}://${id}`, of])).toEqual(
      statuses.map(({ name, containerID, image: of }) => [name, containerID, of]),
    );
    expect(new Set(shown.map(({ podUid }) => podUid))).toEqual(new Set([metadata?.uid]));
  });

  test('names a container that ended and was started again, under its new id', async () => {
    await run('again', { containers: [{ name: 'worker', ...script('sleep 3; exit 1') }] });
    const ids = new Set<string>();
    await vi.waitUntil(() => {
      for (const { name, id } of shownIn(collect(), 'again')) if (name === 'worker') ids.add(id);
      return ids.size === 2;
    }, soon);
    const { status } = await podOf('again');
    const [worker] = status?.containerStatuses ?? [];
    expect(new Set(idsOf(worker))).toEqual(ids);
  });

  test('shows a new container within 3 s of its start, under its name from the first scrape on', async () => {
    await run('born', { containers: [{ name: 'main', ...script('sleep 1000') }] });
    const seen = new Map<string, number>();
    const shown = new Map<string, { readonly at: number; readonly name: string }>();
    while (![...shown.values()].some(({ name }) => name === 'main')) {
      const snapshot = collect();
      const at = performance.now();
      for (const { id } of sources.tree.containers()) if (!seen.has(id)) seen.set(id, at);
      for (const { id, name } of shownIn(snapshot, 'born')) if (!shown.has(id)) shown.set(id, { at, name });
      await sleep(100);
    }
    const [[id, { at, name }] = ['', { at: NaN, name: '' }]] = shown;
    const seconds = (at - (seen.get(id) ?? NaN)) / 1000;
    process.stderr.write(
      `A new container is shown under its name ${seconds.toFixed(1)} s after its start.\n`,
    );
    expect([name, shown.size]).toEqual(['main', 1]);
    expect(seconds).toBeLessThan(3);
  });

  test('no longer shows a deleted pod, and still knows its name', async () => {
    await run('gone', { containers: [{ name: 'main', ...script('sleep 1000') }] });
    await expect.poll(() => namesIn(collect(), 'gone'), soon).toEqual(['main']);
    const [{ id, podUid } = { id: '', podUid: '' }] = shownIn(collect(), 'gone');
    await namespace.kubectl('delete', 'pod', 'gone');
    await expect.poll(() => namesIn(collect(), 'gone'), soon).toEqual([]);
    expect(sources.names.lookup(id, podUid)).toMatchObject({ pod: 'gone', container: 'main' });
  });

  test('shows a container whose only process is called as that of a sandbox', async () => {
    const called = script('printf pause >/proc/self/comm; read forever');
    await run('paused', { containers: [{ name: 'holder', ...called, stdin: true }] });
    await expect.poll(() => namesIn(collect(), 'paused'), soon).toEqual(['holder']);
    const process = () => rows(collect(), 'process').find(({ labels }) => labels.values[1] === 'paused');
    await expect.poll(() => process()?.labels.values.at(-1), soon).toBe('pause');
  });

  test('shows only what NAMESPACES asks for, and says that the rest may belong to it, too', async () => {
    await run('mine', { containers: [{ name: 'main', ...script('sleep 1000') }] });
    await run('elsewhere', { containers: [{ name: 'main', ...script('sleep 1000') }] }, nodes[1]);
    await namespace.kubectl('wait', 'pod/elsewhere', '--for=condition=Ready', '--timeout=60s');
    const { uid } = (await podOf('elsewhere')).metadata ?? {};
    // It has no name on this node, so it is held back for 2 s.
    await expect
      .poll(() => shownOf(collect(), uid), soon)
      .toMatchObject([{ namespace: '', pod: '', name: '' }]);

    const only = await open({ NAMESPACES: namespace.name });
    onTestFinished(() => only.sources.close());
    await expect.poll(() => namesIn(only.collect(), 'mine'), soon).toEqual(['main']);
    const hidden = { metric: 'kubemon_container_info', reason: 'namespace_unknown' };
    await expect.poll(() => only.collect().unavailable, soon).toContainEqual(hidden);
    const snapshot = only.collect();
    expect(new Set(rows(snapshot, 'container').map(({ labels }) => labels.values[0]))).toEqual(
      new Set([namespace.name]),
    );
    expect(shownOf(snapshot, uid)).toEqual([]);
  });
});

describeWith([needs.kubernetes], 'the watch of a ServiceAccount', () => {
  beforeAll(async () => {
    namespace = await createNamespace('names-accounts');
    nodes = (await kubectl('get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}')).split(' ');
    // A node without any pod has a reason of its own.
    await run('one', { containers: [{ name: 'main', ...script('sleep 1000') }] });
  });
  afterAll(async () => namespace.remove());

  async function watch(token: string) {
    const account = await mountAccount(namespace, token);
    const { log } = recordedLog();
    const names = watchPods({ api: account.api, nodeName: nodes[0] ?? '', log });
    onTestFinished(() => {
      names.close();
      account.remove();
    });
    return { account, names };
  }

  test('that may not list pods says who must be allowed what, and names come once it is', async () => {
    const { names } = await watch(await createAccount(namespace, 'stranger'));
    await expect.poll(() => names.absence, soon).toBe('kubernetes_refuses');
    expect(names.reason).toMatch(
      /refuses the pods of node \S+ \(403\): pods is forbidden: User "system:serviceaccount:t-names-accounts-\d+:stranger" cannot list resource "pods" in API group "" at the cluster scope.*\. Allow it by RBAC, as k8s\/ does\.$/,
    );
    const allowed = await allowPods(namespace, 'stranger');
    onTestFinished(async () => allowed.remove());
    await vi.waitUntil(() => names.available, soon);
    expect([names.reason, names.absence]).toEqual([undefined, undefined]);
  });

  test('whose token is no longer good says so, and takes the one that the kubelet puts in its place', async () => {
    const token = await createAccount(namespace, 'renewed');
    const allowed = await allowPods(namespace, 'renewed');
    onTestFinished(async () => allowed.remove());
    await namespace.kubectl('delete', 'serviceaccount', 'renewed');
    const { names, account } = await watch(token);
    await expect.poll(() => names.absence, soon).toBe('kubernetes_refuses');
    expect(names.reason).toMatch(
      /does not accept the credentials \(401 Unauthorized\)\. Is the token expired\?$/,
    );
    account.renew(await createAccount(namespace, 'renewed'));
    await vi.waitUntil(() => names.available, soon);
  });
});

async function run(name: string, spec: Readonly<Record<string, unknown>>, node = nodes[0]): Promise<void> {
  const always = { nodeName: node, terminationGracePeriodSeconds: 0 };
  await namespace.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { ...always, ...spec },
  });
}

function script(text: string) {
  return { image: guestImage, imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', text] };
}

function rows({ tables }: Snapshot, name: string) {
  return tables.find(({ table }) => table.name === name)?.rows ?? [];
}

interface Shown {
  readonly namespace: string;
  readonly pod: string;
  readonly name: string;
  readonly id: string;
  readonly image: string;
  readonly runtime: string;
  readonly podUid: string;
}

/** The containers that are shown, in the order of their names. */
function allShown({ infos }: Snapshot): readonly Shown[] {
  const containers = infos.find(({ scope }) => scope === 'container')?.rows ?? [];
  return containers
    .map(({ identity, description }) => {
      const [of = '', pod = '', name = ''] = identity.values;
      const [id = '', tag = '', runtime = '', , podUid = ''] = description.values;
      return { namespace: of, pod, name, id, image: tag, runtime, podUid };
    })
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

function shownIn(snapshot: Snapshot, pod: string): readonly Shown[] {
  return allShown(snapshot).filter((shown) => shown.namespace === namespace.name && shown.pod === pod);
}

function namesIn(snapshot: Snapshot, pod: string): readonly string[] {
  return shownIn(snapshot, pod).map(({ name }) => name);
}

function shownOf(snapshot: Snapshot, podUid: string | undefined): readonly Shown[] {
  return allShown(snapshot).filter((shown) => shown.podUid === podUid);
}

/** Of a container as it runs and as it ran before. */
function idsOf(status: V1ContainerStatus | undefined): readonly string[] {
  return [status?.containerID, status?.lastState?.terminated?.containerID].flatMap(
    (id) => id?.split('://')[1] ?? [],
  );
}
