import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from 'vitest';
import { until } from '../until.ts';
import { apply, kubectl, kubectlJson, type Manifest } from './kubectl.ts';
import { type Overlay, writeOverlay } from './kustomize.ts';

/** kubemon as `kubectl apply -k k8s/` installs it, with the image of KUBEMON_IMAGE. */
export interface Deployment {
  /** Milliseconds since the epoch: when kubectl apply was begun. */
  readonly appliedAt: number;
  readonly nodes: readonly string[];
  /** kubectl in its namespace. */
  kubectl(...args: readonly string[]): Promise<string>;
  /** The exporter's pod of a node. */
  exporterOf(node: string): Promise<string>;
  /** The overlay, for kubectl delete -k. */
  readonly overlay: string;
  /** What the test made beside it; the deployment itself, where that is still there. */
  remove(): Promise<void>;
}

const run = promisify(execFile);
export const namespace = 'kubemon';
const volume = 'kubemon-test-recordings';

/** Installs kubemon before the tests of a `describe` and removes it after them. */
export function deployed(): () => Deployment {
  let deployment: Deployment | undefined;
  beforeAll(async () => {
    deployment = await deploy();
  });
  afterAll(async () => {
    await deployment?.remove();
  });
  return () => {
    if (deployment === undefined) throw new Error('kubemon is not installed yet.');
    return deployment;
  };
}

/** Applies k8s/ and waits until all its pods are ready. */
async function deploy(): Promise<Deployment> {
  const recordings = mkdtempSync(join(tmpdir(), 'kubemon-recordings-'));
  const overlay = overlayOf(process.env['KUBEMON_IMAGE'] ?? '');
  const nodes = await nodeNames();
  const hasVolume = await makeVolume(recordings, nodes[0] ?? '');
  const inside = async (...args: readonly string[]) => kubectl('-n', namespace, ...args);
  const appliedAt = Date.now();
  await kubectl('apply', '-k', overlay.path);
  await inside('rollout', 'status', 'daemonset/kubemon-exporter', '--timeout=120s');
  await inside('rollout', 'status', 'statefulset/kubemon-recorder', '--timeout=120s');
  return {
    appliedAt,
    nodes,
    overlay: overlay.path,
    kubectl: inside,
    exporterOf: async (node) =>
      inside(
        'get',
        'pods',
        '-l',
        'app.kubernetes.io/component=exporter',
        `--field-selector=spec.nodeName=${node}`,
        '-o',
        'jsonpath={.items[0].metadata.name}',
      ),
    remove: async () => {
      await kubectl('delete', '-k', overlay.path, '--ignore-not-found', '--timeout=120s');
      if (hasVolume) await kubectl('delete', 'persistentvolume', volume, '--ignore-not-found');
      overlay.remove();
      rmSync(recordings, { recursive: true });
    },
  };
}

/** What a user would write: this cluster's image, and the components that its nodes need. */
function overlayOf(image: string): Overlay {
  const [, newName = '', newTag = 'latest'] = /^(.+?)(?::([^:/]+))?$/.exec(image) ?? [];
  const isV1 = !existsSync('/sys/fs/cgroup/cgroup.controllers');
  return writeOverlay(isV1 ? ['cgroup-v1'] : [], { images: [{ name: 'kubemon', newName, newTag }] });
}

async function nodeNames(): Promise<readonly string[]> {
  const { items } = await kubectlJson<{ items: readonly Manifest[] }>('get', 'nodes');
  return items.map(({ metadata }) => metadata.name);
}

/** A cluster without a default storage class is given a volume: a folder of this machine, for a node on it. */
async function makeVolume(path: string, node: string): Promise<boolean> {
  const classes = await kubectl('get', 'storageclass', '-o', 'name');
  if (classes !== '') return false;
  await apply({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: volume },
    spec: {
      capacity: { storage: '10Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: { namespace, name: 'kubemon-recordings' },
      local: { path },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
          ],
        },
      },
    },
  });
  return true;
}

/** curl, as a user would call the recorder: what it prints, and the status. */
export async function curl(...args: readonly string[]): Promise<{ status: number; body: string }> {
  const { stdout } = await run('curl', ['-sS', '-w', '\n%{http_code}', ...args], { maxBuffer: 2 ** 28 });
  const end = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) };
}

/** Waits until the text that curl gets from an URL is as wanted; the text. */
export async function untilText(
  url: string,
  what: string,
  wanted: (text: string) => boolean,
): Promise<string> {
  let text = '';
  await until(what, async () => {
    const { status, body } = await curl(url);
    text = body;
    return status === 200 && wanted(body);
  });
  return text;
}
