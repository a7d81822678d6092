import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { createNameCache } from '../../../exporter/source/nameCache.ts';
import { createPodNames } from '../../../exporter/source/podNames.ts';

const uid = '7f3c2a10-52de-4a7c-9d4e-6f1b2c3d4e5f';
const ids = { web: '1a'.repeat(32), log: '2b'.repeat(32), setup: '3c'.repeat(32), debug: '4d'.repeat(32) };
const again = '5e'.repeat(32);
const sandbox = '6f'.repeat(32);

/** As the API server of Kubernetes 1.33 answers, less what nobody here reads. */
function pod(status: string, name = 'web-0', metadata = `"uid": "${uid}"`): V1Pod {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written as the API writes it
  return JSON.parse(`{
    "metadata": { "name": "${name}", "namespace": "shop", "resourceVersion": "2101", ${metadata} },
    "spec": {
      "nodeName": "node1",
      "initContainers": [
        { "name": "setup", "image": "localhost/busybox:1" },
        { "name": "log", "image": "localhost/log:2", "restartPolicy": "Always" }
      ],
      "containers": [{ "name": "web", "image": "localhost/web:3" }]
    },
    "status": { "phase": "Running", ${status} }
  }`) as V1Pod;
}

const pending = pod(
  '"containerStatuses": [{ "name": "web", "state": { "waiting": { "reason": "ContainerCreating" } }, "lastState": {}, "image": "localhost/web:3", "imageID": "" }]',
);
const running = pod(`
  "initContainerStatuses": [
    { "name": "setup", "image": "localhost/busybox:1", "containerID": "containerd://${ids.setup}", "lastState": {},
      "state": { "terminated": { "exitCode": 0, "reason": "Completed", "containerID": "containerd://${ids.setup}" } } },
    { "name": "log", "image": "localhost/log:2", "containerID": "containerd://${ids.log}", "lastState": {},
      "state": { "running": { "startedAt": "2026-11-22T18:18:28Z" } } }
  ],
  "containerStatuses": [
    { "name": "web", "image": "", "containerID": "containerd://${ids.web}", "lastState": {},
      "state": { "running": { "startedAt": "2026-11-22T18:18:29Z" } } }
  ],
  "ephemeralContainerStatuses": [
    { "name": "debug", "image": "localhost/busybox:1", "containerID": "containerd://${ids.debug}", "lastState": {},
      "state": { "running": { "startedAt": "2026-11-22T18:20:00Z" } } }
  ]`);
const restarted = pod(`
  "containerStatuses": [
    { "name": "web", "image": "localhost/web:3", "containerID": "containerd://${again}", "restartCount": 1,
      "state": { "running": { "startedAt": "2026-11-22T18:30:00Z" } },
      "lastState": { "terminated": { "exitCode": 1, "reason": "Error", "containerID": "containerd://${ids.web}" } } }
  ]`);

const itself = { namespace: 'shop', pod: 'web-0', container: '', image: '', runtime: '', sandbox: false };

function container(name: string, image: string) {
  return { ...itself, container: name, image, runtime: 'containerd' };
}

function namesOf(...pods: readonly V1Pod[]) {
  const clock = { now: 0 };
  const names = createPodNames(createNameCache(() => clock.now));
  names.replace(pods);
  return { names, clock };
}

describe('a pod', () => {
  test('is known by its uid before any of its containers is', () => {
    const { names } = namesOf(pending);
    expect(names.lookup(ids.web, uid)).toEqual(itself);
    expect(names.lookup(ids.web, '')).toBeUndefined();
    expect(names.lookup(ids.web, 'c0ffee00-0000-4000-8000-000000000000')).toBeUndefined();
  });

  test('names its containers of every kind by their ids', () => {
    const { names } = namesOf(running);
    expect(names.lookup(ids.setup, uid)).toEqual(container('setup', 'localhost/busybox:1'));
    expect(names.lookup(ids.log, uid)).toEqual(container('log', 'localhost/log:2'));
    expect(names.lookup(ids.debug, uid)).toEqual(container('debug', 'localhost/busybox:1'));
  });

  test('tells the image by its specification where the status has none', () => {
    expect(namesOf(running).names.lookup(ids.web, uid)).toEqual(container('web', 'localhost/web:3'));
  });

  test('does not name its sandbox', () => {
    expect(namesOf(running).names.lookup(sandbox, uid)).toEqual(itself);
  });

  test('names a container that was started again by both its ids', () => {
    const { names } = namesOf(running);
    names.set(restarted);
    expect([ids.web, again].map((id) => names.lookup(id, uid))).toEqual([
      container('web', 'localhost/web:3'),
      container('web', 'localhost/web:3'),
    ]);
  });

  test.each([
    ['containerd', 'containerd'],
    ['docker', 'docker'],
    ['cri-o', 'cri-o'],
  ])('on %s tells that runtime', (scheme, runtime) => {
    const { names } = namesOf(
      pod(`"containerStatuses": [{ "name": "web", "image": "i", "containerID": "${scheme}://${ids.web}" }]`),
    );
    expect(names.lookup(ids.web, uid)?.runtime).toBe(runtime);
  });

  test('without a status, or with an id that is none, names no container', () => {
    const odd = pod('"containerStatuses": [{ "name": "web", "image": "i", "containerID": "" }]');
    const { names } = namesOf({ metadata: odd.metadata ?? {} }, odd);
    expect(names.lookup('', uid)).toEqual(itself);
  });
});

describe('a static pod', () => {
  const hash = '8d1b0e6b7d6d24a1a2b3c4d5e6f70819';
  const mirror = (annotated: string) =>
    pod(
      `"containerStatuses": [{ "name": "web", "image": "i", "containerID": "containerd://${ids.web}" }]`,
      'etcd-node1',
      `"uid": "${uid}", "annotations": {
        "kubernetes.io/config.hash": "${annotated}", "kubernetes.io/config.mirror": "${annotated}",
        "kubernetes.io/config.seen": "2026-11-22T18:09:10.000000000Z", "kubernetes.io/config.source": "file" },
      "ownerReferences": [{ "apiVersion": "v1", "kind": "Node", "name": "node1", "controller": true }]`,
    );

  test('is known by the hash that its cgroup is named after', () => {
    const { names } = namesOf(mirror(hash));
    expect(names.lookup(sandbox, hash)).toEqual({ ...itself, pod: 'etcd-node1' });
    expect(names.lookup(ids.web, hash)).toMatchObject({ pod: 'etcd-node1', container: 'web' });
  });

  test('cannot pass for another pod', () => {
    const other = 'c0ffee00-0000-4000-8000-000000000000';
    expect(namesOf(mirror(other)).names.lookup(sandbox, other)).toBeUndefined();
  });
});

describe('what is gone keeps its name for a minute:', () => {
  /** A minute passes, and one more pod goes, which is when names are forgotten. */
  function pass({ names, clock }: ReturnType<typeof namesOf>): void {
    const last = pod('"containerStatuses": []', 'last', '"uid": "c0ffee00-0000-4000-8000-000000000000"');
    names.set(last);
    clock.now += 61;
    names.remove(last);
  }

  test('a pod that was deleted', () => {
    const state = namesOf(running);
    state.names.remove(running);
    expect(state.names.lookup(ids.web, uid)?.container).toBe('web');
    expect(state.names.pods).toBe(0);
    pass(state);
    expect(state.names.lookup(ids.web, uid)).toBeUndefined();
  });

  test('a pod that is not in a new list', () => {
    const state = namesOf(running);
    state.names.replace([]);
    expect(state.names.lookup(ids.web, uid)?.container).toBe('web');
    pass(state);
    expect(state.names.lookup(ids.web, uid)).toBeUndefined();
  });

  test('a container that its pod no longer tells', () => {
    const state = namesOf(running);
    state.names.set(restarted);
    expect(state.names.lookup(ids.log, uid)?.container).toBe('log');
    pass(state);
    expect(state.names.lookup(ids.log, uid)).toEqual(itself);
    expect(state.names.lookup(again, uid)?.container).toBe('web');
  });
});
