import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadYaml } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { dashboards } from '../../grafana/dashboards/index.ts';
import { writeOverlay } from '../support/kube/kustomize.ts';
import { describeWith, needs } from '../support/needs.ts';

const folder = fileURLToPath(new URL('../../grafana', import.meta.url));

test('the folder holds the dashboards and no other JSON', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  expect(files).toEqual(
    Object.keys(dashboards)
      .map((name) => `${name}.json`)
      .toSorted(),
  );
});

test('the provisioning files are YAML that Grafana reads', () => {
  const read = (name: string) => loadYaml(readFileSync(`${folder}/provisioning/${name}.yaml`, 'utf8'));
  expect(read('dashboards')).toMatchObject({ apiVersion: 1, providers: [{ type: 'file' }] });
  expect(read('datasources')).toMatchObject({ apiVersion: 1, datasources: [{ type: 'prometheus' }] });
});

describeWith([needs.kubectl], 'the component `monitoring`', () => {
  test('has each dashboard in a ConfigMap that the sidecar finds and kubectl apply can annotate', async () => {
    const overlay = writeOverlay(['monitoring']);
    const objects = await overlay.build();
    overlay.remove();
    const maps = objects.filter(({ metadata }) => metadata.labels['grafana_dashboard'] === '1');
    const held = maps.flatMap(({ data }) => Object.entries(data ?? {}));
    expect(held.map(([name]) => name).toSorted()).toEqual(
      Object.keys(dashboards)
        .map((name) => `kubemon-${name}.json`)
        .toSorted(),
    );
    for (const [name, text] of held) {
      const file = name.replace('kubemon-', '');
      expect(text).toBe(readFileSync(`${folder}/${file}`, 'utf8'));
    }
    // kubectl apply keeps the object as JSON in an annotation; all annotations may have 256 KiB.
    for (const map of maps) expect(JSON.stringify(map).length).toBeLessThan(200_000);
  });
});
