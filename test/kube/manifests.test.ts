import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createNamespace, kubectl, type TestNamespace } from '../support/kube/kubectl.ts';
import { k8s, type LabelledManifest, writeOverlay } from '../support/kube/kustomize.ts';
import { createOperatorKinds } from '../support/kube/operatorKinds.ts';
import { describeWith, needs } from '../support/needs.ts';

const components = readdirSync(join(k8s, 'components'));
// The component `recordings` is part of `shards`.
const together = components.filter((name) => name !== 'recordings');
const builds = [[], ...components.map((name) => [name]), together].map((names) => ({
  title: ['k8s/', ...names].join(' with '),
  names,
}));

describeWith([needs.kubernetes], 'the manifests', () => {
  let namespace: TestNamespace;
  let removeKinds: () => Promise<void>;
  beforeAll(async () => {
    namespace = await createNamespace('manifests');
    removeKinds = await createOperatorKinds();
  });
  afterAll(async () => {
    await removeKinds();
    await namespace.remove();
  });

  test.each(builds)(
    '$title: every object is labelled, and in kubemon unless it is of the cluster',
    async (item) => {
      for (const { kind, metadata } of await build(item.names)) {
        const name = `${kind} ${metadata.name}`;
        expect(metadata.labels, name).toMatchObject({
          'app.kubernetes.io/name': 'kubemon',
          'app.kubernetes.io/component': expect.stringMatching(
            /^(exporter|recorder|recordings|settings|namespace|dashboards)$/,
          ),
          'app.kubernetes.io/part-of': 'kubemon',
          'app.kubernetes.io/managed-by': 'kustomize',
        });
        const isOfCluster = /^Cluster|^(CustomResourceDefinition|Namespace|PriorityClass)$/.test(kind);
        expect(metadata.namespace, name).toBe(isOfCluster ? undefined : 'kubemon');
      }
    },
  );

  test.each(builds)('$title: the API server accepts every object', async ({ names }) => {
    const overlay = writeOverlay(names, { namespace: namespace.name });
    const objects = await overlay.build();
    const answer = await kubectl('apply', '--dry-run=server', '-k', overlay.path);
    overlay.remove();
    expect(answer.split('\n').filter((line) => line.endsWith(' (server dry run)'))).toHaveLength(
      objects.length,
    );
  });

  test('the recorder meets "restricted", and the exporter is refused there', async () => {
    const objects = await build([]);
    await kubectl('label', 'namespace', namespace.name, 'pod-security.kubernetes.io/enforce=restricted');
    await expect(tryPod(objects, 'StatefulSet', namespace.name)).resolves.toBe(
      'pod/tried created (server dry run)',
    );
    const refusal = await tryPod(objects, 'DaemonSet', namespace.name).catch(String);
    expect(violations(refusal)).toEqual([
      'forbidden AppArmor profiles',
      'host namespaces',
      'unrestricted capabilities',
      'restricted volume types',
      'runAsNonRoot != true',
      'runAsUser=0',
    ]);
  });
});

async function build(names: readonly string[]): Promise<readonly LabelledManifest[]> {
  const overlay = writeOverlay(names);
  const objects = await overlay.build();
  overlay.remove();
  return objects;
}

/** Offers the pod of a workload to a namespace. @throws Error with what the API server says against it. */
async function tryPod(
  objects: readonly LabelledManifest[],
  kind: 'DaemonSet' | 'StatefulSet',
  namespace: string,
): Promise<string> {
  const spec = objects.find((object) => object.kind === kind)?.['spec'];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API server has accepted it as such
  const { template } = spec as { template: { spec: Readonly<Record<string, unknown>> } };
  // These two would be missed first: they are not in this namespace, or not there yet.
  const stand = { serviceAccountName: 'default', priorityClassName: undefined };
  const running = promisify(execFile)('kubectl', ['apply', '--dry-run=server', '-f', '-']);
  running.child.stdin?.end(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'tried', namespace },
      spec: { ...template.spec, ...stand },
    }),
  );
  return (await running).stdout.trim();
}

/** Each check that a refusal names, without what it says in parentheses. */
function violations(refusal: string): readonly string[] {
  const [, list = ''] = /violates PodSecurity "restricted:latest": (.*)/.exec(refusal) ?? [];
  return list.replaceAll(/ \((?:[^()]|\([^()]*\))*\)/g, '').split(', ');
}
