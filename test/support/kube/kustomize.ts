import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { loadAllYaml } from '@kubernetes/client-node';
import { kubectl, type Manifest } from './kubectl.ts';

/** The folder of the manifests, from wherever this lies: the benchmark runs compiled. */
export const k8s = createRequire(import.meta.url)
  .resolve('kubemon/package.json')
  .replace(/package\.json$/, 'k8s');

/** An object with the labels that every one of k8s/ has. */
export interface LabelledManifest extends Manifest {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
  };
}

/** A folder with a kustomization of k8s/ and some of its components, as a user would write it. */
export interface Overlay {
  readonly path: string;
  /** What `kubectl kustomize` makes of it. */
  build(): Promise<readonly LabelledManifest[]>;
  remove(): void;
}

/** Fields are further ones of the kustomization: images, say. */
export function writeOverlay(
  components: readonly string[],
  fields: Readonly<Record<string, unknown>> = {},
): Overlay {
  const path = mkdtempSync(join(tmpdir(), 'kubemon-overlay-'));
  const base = relative(path, k8s);
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [base],
    components: components.map((name) => join(base, 'components', name)),
    ...fields,
  };
  writeFileSync(join(path, 'kustomization.yaml'), JSON.stringify(kustomization));
  return {
    path,
    build: async () => buildManifests(path),
    remove: () => {
      rmSync(path, { recursive: true });
    },
  };
}

/** What `kubectl kustomize` makes of a folder. */
export async function buildManifests(folder: string): Promise<readonly LabelledManifest[]> {
  return parse(await kubectl('kustomize', folder));
}

/** The objects of a file of k8s/. */
export function readManifests(path: string): readonly LabelledManifest[] {
  return parse(readFileSync(join(k8s, path), 'utf8'));
}

function parse(yaml: string): readonly LabelledManifest[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tests see to the labels, the API server to the rest
  return loadAllYaml(yaml) as readonly LabelledManifest[];
}
