import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { loadYaml } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { version } from '../../exporter/serve/version.ts';
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

test('what no kustomization lists is an example', () => {
  const known = new Set(
    folders.flatMap(({ folder, listed }) =>
      ['kustomization.yaml', ...listed].map((name) => join(folder, name)),
    ),
  );
  const files = readdirSync(k8s, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(k8s, join(parentPath, name)));
  expect(files.filter((path) => !known.has(path))).toEqual([
    'examples/prometheus.yml',
    'examples/recording.yaml',
    'examples/rules.yml',
  ]);
});

test("the Role of the example is the recorder's own, without the DaemonSet", () => {
  const [own] = readManifests('recorder-role.yaml');
  const [example] = readManifests('examples/application-exporter/recorder-role.yaml');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API server accepts it as such
  const rules = own?.['rules'] as readonly { readonly resources: readonly string[] }[];
  expect(example?.['rules']).toEqual(rules.filter(({ resources }) => !resources.includes('daemonsets')));
});

test('the PodMonitors scrape as often as the example for a Prometheus without the Operator', () => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Prometheus reads the same file
  const { scrape_configs: jobs } = loadYaml(readFileSync(join(k8s, 'examples/prometheus.yml'), 'utf8')) as {
    readonly scrape_configs: readonly { readonly scrape_interval: string }[];
  };
  const monitors = ['exporter', 'recorder'].flatMap((component) =>
    readManifests(`components/monitoring/${component}-podmonitor.yaml`),
  );
  expect(monitors.map((monitor) => monitor['spec'])).toMatchObject(
    jobs.map(({ scrape_interval: interval }) => ({ podMetricsEndpoints: [{ interval }] })),
  );
});

test('the image is of this version', () => {
  expect(kustomizationOf('.').images).toEqual([{ name: 'kubemon', newName: 'kubemon', newTag: version }]);
});

/** What a kustomization of k8s/ lists: the files of objects, and all files. */
function contents(folder: string): {
  readonly resources: readonly string[];
  readonly listed: readonly string[];
} {
  const { resources: all = [], patches = [], configMapGenerator = [] } = kustomizationOf(folder);
  // The others are folders with a kustomization of their own.
  const resources = all.filter((path) => path.endsWith('.yaml'));
  const others = [...patches.map(({ path }) => path), ...configMapGenerator.flatMap(({ envs = [] }) => envs)];
  return { resources, listed: [...resources, ...others] };
}

function kustomizationOf(folder: string): Kustomization {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- kubectl checks the same files
  return loadYaml(readFileSync(join(k8s, folder, 'kustomization.yaml'), 'utf8')) as Kustomization;
}

interface Kustomization {
  readonly images?: readonly unknown[];
  readonly resources?: readonly string[];
  readonly patches?: readonly { readonly path: string }[];
  readonly configMapGenerator?: readonly { readonly envs?: readonly string[] }[];
}

/** exporter-daemonset.yaml; namespace.yaml, where component and kind are the same. */
function fileName({ kind, metadata }: LabelledManifest): string {
  const component = metadata.labels['app.kubernetes.io/component'];
  return `${[...new Set([component, kind.toLowerCase()])].join('-')}.yaml`;
}
