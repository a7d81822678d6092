import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadYaml } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { k8s, readManifests } from '../support/kube/kustomize.ts';
import { describeWith, needs } from '../support/needs.ts';

const rules = join(k8s, 'examples/rules.yml');

interface RuleGroups {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

interface Rule {
  readonly alert?: string;
  readonly record?: string;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- promtool checks the same file
const { groups } = loadYaml(readFileSync(rules, 'utf8')) as RuleGroups;

test('the Prometheus Operator gets the same rules as a Prometheus without it', () => {
  for (const component of ['exporter', 'recorder']) {
    const [manifest] = readManifests(`components/monitoring/${component}-prometheusrule.yaml`);
    const name = `kubemon-${component}`;
    expect(manifest?.['spec']).toEqual({ groups: groups.filter((group) => group.name === name) });
  }
  expect(groups.map(({ name }) => name)).toEqual(['kubemon-exporter', 'kubemon-recorder']);
});

test('every rule is tried', () => {
  const tries = readFileSync(new URL('rules.yml', import.meta.url), 'utf8');
  for (const { alert, record } of groups.flatMap((group) => group.rules)) {
    expect(tries).toContain(alert === undefined ? `expr: round(${record},` : `alertname: ${alert}`);
  }
});

describeWith([needs.promtool], 'promtool', () => {
  test('finds no fault in the rules', () => {
    expect(promtool('check', 'rules', '--lint=all', '--lint-fatal', rules)).toMatchObject({ status: 0 });
  });

  test('sees them record and alert as test/k8s/rules.yml tells', () => {
    const tries = fileURLToPath(new URL('rules.yml', import.meta.url));
    expect(promtool('test', 'rules', tries)).toMatchObject({ status: 0 });
  });
});

function promtool(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}
