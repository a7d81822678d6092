import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { loadYaml } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { k8s, type LabelledManifest, readManifests } from '../support/kube/kustomize.ts';

const folders = readdirSync(k8s, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('kustomization.yaml'))
  .map((path) => ({ folder: dirname(path), ...contents(dirname(path)) }));

test.each(folders)('$folder: the kustomization lists every file beside it', ({ folder, listed }) => {
  const files = readdirSync(join(k8s, folder), { withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.map(({ name }) => name).toSorted()).toEqual(['kustomization.yaml', ...listed].toSorted());
});

test.each(folders)('$folder: one object a file, named after its component and kind', (item) => {
  for (const file of item.resources) {
    expect(readManifests(join(item.folder, file)).map(fileName)).toEqual([file]);
  }
});

test('what no kustomization lists is an example for another program', () => {
  const known = new Set(
    folders.flatMap(({ folder, listed }) =>
      ['kustomization.yaml', ...listed].map((name) => join(folder, name)),
    ),
  );
  const files = readdirSync(k8s, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(k8s, join(parentPath, name)));
  expect(files.filter((path) => !known.has(path))).toEqual(['examples/prometheus.yml']);
});

/** What a kustomization of k8s/ lists: the files of objects, and all files. */
function contents(folder: string): {
  readonly resources: readonly string[];
  readonly listed: readonly string[];
} {
  const yaml = readFileSync(join(k8s, folder, 'kustomization.yaml'), 'utf8');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- kubectl checks the same files
  const { resources = [], patches = [], configMapGenerator = [] } = loadYaml(yaml) as Kustomization;
  const others = [...patches.map(({ path }) => path), ...configMapGenerator.flatMap(({ envs = [] }) => envs)];
  return { resources, listed: [...resources, ...others] };
}

interface Kustomization {
  readonly resources?: readonly string[];
  readonly patches?: readonly { readonly path: string }[];
  readonly configMapGenerator?: readonly { readonly envs?: readonly string[] }[];
}

/** exporter-daemonset.yaml; namespace.yaml, where component and kind are the same. */
function fileName({ kind, metadata }: LabelledManifest): string {
  const component = metadata.labels['app.kubernetes.io/component'];
  return `${[...new Set([component, kind.toLowerCase()])].join('-')}.yaml`;
}
