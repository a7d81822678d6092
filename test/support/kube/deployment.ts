import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from 'vitest';
import { until } from '../until.ts';
import { apply, kubectl, kubectlJson, type Manifest } from './kubectl.ts';
import { type Overlay, writeOverlay } from './kustomize.ts';

/** What a user adds to k8s/. */
export interface Installation {
  readonly components?: readonly string[];
  /** Lines of settings.env. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Of a kustomization. */
  readonly patches?: readonly object[];
  /** The claims of its recorders. */
  readonly claims?: readonly string[];
}

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
  /** Applies it anew, and waits until all its pods are ready. Claims must have been there from the beginning. */
  change(installation: Omit<Installation, 'claims'>): Promise<void>;
  /** What the test made beside it; the deployment itself, where that is still there. */
  remove(): Promise<void>;
}

const run = promisify(execFile);
export const namespace = 'kubemon';

/** Installs kubemon before the tests of a `describe` and removes it after them. */
export function deployed(installation: Installation = {}): () => Deployment {
  let deployment: Deployment | undefined;
  beforeAll(async () => {
    deployment = await deploy(installation);
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
async function deploy(installation: Installation): Promise<Deployment> {
  const { claims = ['kubemon-recordings'] } = installation;
  const recordings = mkdtempSync(join(tmpdir(), 'kubemon-recordings-'));
  const overlay = overlayOf(installation);
  const applied: Overlay[] = [];
  const nodes = await nodeNames();
  const volumes = await makeVolumes(recordings, claims, nodes);
  const inside = async (...args: readonly string[]) => kubectl('-n', namespace, ...args);
  const install = async (next: Overlay) => {
    applied.push(next);
    await kubectl('apply', '-k', next.path);
    await inside('rollout', 'status', 'daemonset/kubemon-exporter', '--timeout=120s');
    await inside('rollout', 'status', 'statefulset/kubemon-recorder', '--timeout=120s');
  };
  const remove = async () => {
    const failures: unknown[] = [];
    const attempt = async (act: () => unknown) => {
      try {
        await act();
      } catch (error) {
        failures.push(error);
      }
    };
    for (const { path, remove: removeOverlay } of applied) {
      await attempt(() => kubectl('delete', '-k', path, '--ignore-not-found', '--timeout=120s'));
      removeOverlay();
    }
    if (volumes.length > 0) {
      await attempt(() => kubectl('delete', 'persistentvolume', ...volumes, '--ignore-not-found'));
    }
    rmSync(recordings, { recursive: true });
    if (failures.length > 0) throw new AggregateError(failures, 'Not all of kubemon could be removed.');
  };
  const appliedAt = Date.now();
  await install(overlay).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  return {
    appliedAt,
    nodes,
    overlay: overlay.path,
    change: async (next) => install(overlayOf(next)),
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
    remove,
  };
}

/** What a user would write: this cluster's image, and the components that its nodes need. */
function overlayOf({ components = [], settings = {}, patches = [] }: Installation): Overlay {
  const image = process.env['KUBEMON_IMAGE'] ?? '';
  const [, newName = '', newTag = 'latest'] = /^(.+?)(?::([^:/]+))?$/.exec(image) ?? [];
  const isV1 = !existsSync('/sys/fs/cgroup/cgroup.controllers');
  const literals = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return writeOverlay([...components, ...(isV1 ? ['cgroup-v1'] : [])], {
    images: [{ name: 'kubemon', newName, newTag }],
    configMapGenerator: [{ name: 'kubemon-settings', namespace, behavior: 'merge', literals }],
    patches,
  });
}

async function nodeNames(): Promise<readonly string[]> {
  const { items } = await kubectlJson<{ items: readonly Manifest[] }>('get', 'nodes');
  return items.map(({ metadata }) => metadata.name);
}

/**
 * A cluster without a default storage class is given a volume for each claim: a folder of this machine, for the
 * nodes in turn, which are on it. Their names.
 */
async function makeVolumes(
  folder: string,
  claims: readonly string[],
  nodes: readonly string[],
): Promise<readonly string[]> {
  const classes = await kubectl('get', 'storageclass', '-o', 'name');
  if (classes !== '') return [];
  const volumes = claims.map((claim, index) => {
    const path = join(folder, claim);
    mkdirSync(path);
    return volumeOf(claim, path, nodes[index % nodes.length] ?? '');
  });
  await apply(...volumes);
  return volumes.map(({ metadata }) => metadata.name);
}

function volumeOf(claim: string, path: string, node: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `kubemon-test-${claim}` },
    spec: {
      capacity: { storage: '10Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: { namespace, name: claim },
      local: { path },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
          ],
        },
      },
    },
  };
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
