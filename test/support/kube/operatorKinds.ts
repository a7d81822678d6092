import { apply, kubectl } from './kubectl.ts';

const group = 'monitoring.coreos.com';
const kinds = [
  { kind: 'PodMonitor', plural: 'podmonitors' },
  { kind: 'PrometheusRule', plural: 'prometheusrules' },
];

/**
 * Makes PodMonitors and PrometheusRules known to a cluster without the Prometheus Operator, any field
 * allowed; where the operator is there, its own schemas are what they are checked against. Returns what
 * removes the kinds that it has made.
 */
export async function createOperatorKinds(): Promise<() => Promise<void>> {
  const made: string[] = [];
  for (const { kind, plural } of kinds) {
    const name = `${plural}.${group}`;
    const known = await kubectl('get', 'customresourcedefinition', name, '--ignore-not-found', '-o', 'name');
    if (known !== '') continue;
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    await apply({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name },
      spec: {
        group,
        names: { kind, plural, singular: kind.toLowerCase() },
        scope: 'Namespaced',
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    });
    made.push(name);
    await kubectl('wait', '--for=condition=Established', `customresourcedefinition/${name}`, '--timeout=30s');
  }
  return async () => {
    if (made.length > 0) await kubectl('delete', 'customresourcedefinition', ...made);
  };
}
