import { apply, kubectl } from './kubectl.ts';

const name = 'podmonitors.monitoring.coreos.com';

/**
 * Makes PodMonitors known to a cluster without the Prometheus Operator, any field allowed; where the
 * operator is there, its own schema is what they are checked against. Returns what removes the kind.
 */
export async function createPodMonitorKind(): Promise<() => Promise<void>> {
  const known = await kubectl('get', 'customresourcedefinition', name, '--ignore-not-found', '-o', 'name');
  if (known !== '') return () => Promise.resolve();
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  await apply({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: {
      group: 'monitoring.coreos.com',
      names: { kind: 'PodMonitor', plural: 'podmonitors' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  });
  await kubectl('wait', '--for=condition=Established', `customresourcedefinition/${name}`, '--timeout=30s');
  return async () => {
    await kubectl('delete', 'customresourcedefinition', name);
  };
}
