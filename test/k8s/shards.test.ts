import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { buildManifests, k8s, type LabelledManifest, writeOverlay } from '../support/kube/kustomize.ts';
import { describeWith, needs } from '../support/needs.ts';

interface StatefulSetSpec {
  readonly replicas: number;
  readonly serviceName: string;
  readonly template: {
    readonly spec: {
      readonly containers: readonly [
        {
          readonly env: readonly { readonly name: string; readonly value: string }[];
          readonly volumeMounts: readonly { readonly name: string }[];
        },
      ];
      readonly volumes?: readonly object[];
    };
  };
  readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
}

type Objects = readonly LabelledManifest[];

describeWith([needs.kubectl], 'the component shards', () => {
  test('makes three recorders that have names, each with a claim of its own', async () => {
    const objects = await build(['shards']);
    const { replicas, serviceName, template, volumeClaimTemplates = [] } = recorderOf(objects);
    expect(replicas).toBe(3);
    expect(find(objects, 'Service', serviceName)['spec']).toMatchObject({
      clusterIP: 'None',
      publishNotReadyAddresses: true,
    });
    const [{ volumeMounts }] = template.spec.containers;
    expect(volumeClaimTemplates.map(({ metadata }) => metadata.name)).toEqual(
      volumeMounts.map(({ name }) => name),
    );
    expect(template.spec.volumes ?? []).toEqual([]);
    expect(objects.filter(({ kind }) => kind === 'PersistentVolumeClaim')).toEqual([]);
  });

  test('SHARDS of the settings is all that says how many', async () => {
    const objects = await build(['shards'], 'SHARDS=5');
    expect(recorderOf(objects).replicas).toBe(5);
    expect(settingsOf(objects)).toMatchObject({ SHARDS: '5' });
    expect(ownShards(objects)).toBeUndefined();
  });

  test('also where the component is switched on in k8s/ itself', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubemon-k8s-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    cpSync(k8s, folder, { recursive: true });
    appendFileSync(join(folder, 'kustomization.yaml'), '\ncomponents: [components/shards]\n');
    const settings = join(folder, 'settings.env');
    writeFileSync(settings, readFileSync(settings, 'utf8').replace('\nSHARDS=3\n', '\nSHARDS=4\n'));
    const objects = await buildManifests(folder);
    expect(recorderOf(objects).replicas).toBe(4);
    expect(settingsOf(objects)).toMatchObject({ SHARDS: '4' });
  });

  test('without it there is one recorder, whatever SHARDS says', async () => {
    const objects = await build([], 'SHARDS=5');
    expect(recorderOf(objects).replicas).toBe(1);
    expect(ownShards(objects)).toBe('1');
  });

  test('with network policies the recorders reach each other', async () => {
    const policy = find(await build(['shards', 'network-policy']), 'NetworkPolicy', 'kubemon-recorder');
    const matchLabels = { 'app.kubernetes.io/name': 'kubemon', 'app.kubernetes.io/component': 'recorder' };
    expect(policy['spec']).toMatchObject({
      podSelector: { matchLabels },
      // The client's name of `from`.
      ingress: [
        { ports: [{ port: 'http' }], _from: expect.arrayContaining([{ podSelector: { matchLabels } }]) },
      ],
    });
  });
});

async function build(components: readonly string[], ...literals: readonly string[]): Promise<Objects> {
  const settings = { name: 'kubemon-settings', namespace: 'kubemon', behavior: 'merge', literals };
  const overlay = writeOverlay(components, literals.length > 0 ? { configMapGenerator: [settings] } : {});
  onTestFinished(overlay.remove);
  return overlay.build();
}

/** @param start of the name: that of a ConfigMap goes on with a hash. */
function find(objects: Objects, kind: string, start: string): LabelledManifest {
  const found = objects.find((each) => each.kind === kind && each.metadata.name.startsWith(start));
  if (found === undefined) throw new Error(`There is no ${kind} ${start}.`);
  return found;
}

function recorderOf(objects: Objects): StatefulSetSpec {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API server accepts it as such
  return find(objects, 'StatefulSet', 'kubemon-recorder')['spec'] as StatefulSetSpec;
}

function settingsOf(objects: Objects): unknown {
  return find(objects, 'ConfigMap', 'kubemon-settings')['data'];
}

/** What the recorder is told besides the settings. */
function ownShards(objects: Objects): string | undefined {
  const [{ env }] = recorderOf(objects).template.spec.containers;
  return env.find(({ name }) => name === 'SHARDS')?.value;
}
