import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubernetesApi } from '../../exporter/serve/kubernetes/api.ts';
import { kubeConfigApi } from '../../exporter/serve/kubernetes/kubeConfig.ts';
import { createLog } from '../../exporter/serve/log.ts';
import { discover } from '../../recorder/discovery/discover.ts';
import { parseServices } from '../../recorder/discovery/kubernetes/serviceReference.ts';
import { parseStaticTargets } from '../../recorder/discovery/static.ts';
import { closeAfterEach } from '../recorder/run/closing.ts';
import { type Discovering, discovering } from '../support/kube/discovering.ts';
import {
  applyService,
  endpointsObject,
  endpointSlices,
  headlessService,
  manyEndpoints,
} from '../support/kube/endpoints.ts';
import { createNamespace, kubectlJson, type TestNamespace } from '../support/kube/kubectl.ts';
import { describeWith, needs } from '../support/needs.ts';
import { until } from '../support/until.ts';

const nothing = 'nothing of it is recorded. Correct SERVICE_NAME, or start its pods.';

describeWith([needs.kubernetes], 'discovery through the API of a real cluster', () => {
  const later = closeAfterEach();
  let namespace: TestNamespace;
  let other: TestNamespace;
  let api: KubernetesApi;

  beforeAll(async () => {
    [namespace, other] = await Promise.all([
      createNamespace('discovery'),
      createNamespace('discovery-other'),
    ]);
    api = await kubeConfigApi();
  });
  afterAll(async () => {
    await Promise.all([namespace.remove(), other.remove()]);
  });

  function discoverService(serviceName: string): Discovering {
    const discovery = discovering(api, namespace.name, serviceName);
    later(discovery.close);
    return discovery;
  }

  test('slices of 120 endpoints; some leave, come, turn unready and move from slice to slice', async () => {
    const all = manyEndpoints(250);
    const nodes = all.map(({ node }) => node);
    await namespace.apply(headlessService('many'), ...endpointSlices('many', all, { size: 120 }));
    const discovery = discoverService('many');
    await until('all are found', () => discovery.targets().length === 250, 20);
    expect(discovery.names().toSorted()).toEqual(nodes);
    expect(discovery.expected()).toEqual({
      count: 250,
      reason: `the service ${namespace.name}/many has 250 endpoints`,
    });
    expect(discovery.problems()).toEqual([]);

    // All but the first ten move to another slice.
    const changed = [
      { address: '10.245.20.1', node: 'node-new' },
      ...all.slice(10, 249),
      { address: '10.245.17.50', node: 'node-250', ready: false },
    ];
    await namespace.apply(...endpointSlices('many', changed, { size: 120 }));
    const found = () => discovery.targets();
    await until('the new one is found', () => found().some(({ name }) => name === 'node-new'), 20);
    await until('the unready one is told', () => found().some(({ ready }) => ready === false), 20);
    await until('those that have left are gone', () => found().length === 241, 20);
    expect(discovery.names().toSorted()).toEqual([...nodes.slice(10), 'node-new'].toSorted());
    expect(found().filter(({ ready }) => ready === false)).toMatchObject([{ name: 'node-250' }]);
  });

  test('a further service of another namespace; deleted and made again', async () => {
    await applyService(namespace, 'exporter', [{ address: '10.245.16.1', node: 'node-1' }]);
    const cart = [{ address: '10.245.16.2', node: 'node-2' }];
    const ports = [
      { name: 'web', port: 80 },
      { name: 'metrics', port: 8080 },
    ];
    const made = [headlessService('cart', ports), endpointsObject('cart', cart, ports)] as const;
    await other.apply(...made);
    const discovery = discoverService(`exporter,${other.name}/cart/prometheus`);
    const both = ['node-1', `${other.name}/cart/10.245.16.2`];
    await until('both are found', () => discovery.targets().length === 2, 20);
    expect(discovery.names()).toEqual(both);
    expect(discovery.targets()[1]).toMatchObject({
      role: 'further',
      node: 'node-2',
      url: 'http://10.245.16.2:8080/prometheus',
    });
    expect(discovery.expected().count).toBe(1);

    await other.kubectl('delete', 'service', 'cart');
    await until('its endpoints are gone', () => discovery.targets().length === 1, 20);
    expect(discovery.problems()).toHaveLength(1);
    await other.apply(...made);
    await until('they are back', () => discovery.targets().length === 2, 20);
    expect(discovery.problems()).toEqual([]);
    expect(discovery.names()).toEqual(both);
    expect(new Set(discovery.logged.filter((line) => line.startsWith('warn')))).toEqual(
      new Set([`warn The service ${other.name}/cart has no endpoints: ${nothing}`]),
    );
  });

  test('a DaemonSet of the same name tells how many are expected, also where none has started', async () => {
    const labels = { app: 'never' };
    await namespace.apply(headlessService('never'), {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'never' },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            tolerations: [{ operator: 'Exists' }],
            containers: [{ name: 'exporter', image: 'never.invalid/exporter', imagePullPolicy: 'Never' }],
          },
        },
      },
    });
    const nodes = await kubectlJson<{ items: unknown[] }>('get', 'nodes');
    const discovery = discoverService('never');
    await discovery.found();
    await until('the DaemonSet is known', () => discovery.expected().count > 0, 20);
    expect(discovery.expected()).toEqual({
      count: nodes.items.length,
      reason: `the DaemonSet ${namespace.name}/never wants ${nodes.items.length}`,
    });
    expect(discovery.targets()).toEqual([]);
  });

  test('TARGETS and the endpoints of a service count together, each under a name of its own', async () => {
    await applyService(namespace, 'beside', [{ address: '10.245.16.1', node: 'node-1' }]);
    const discovery = await discover(
      {
        targets: parseStaticTargets('node-1=http://10.0.0.1:9822/metrics'),
        fromK8s: true,
        serviceName: parseServices(`${namespace.name}/beside`),
      },
      createLog('test', 'silent'),
    );
    later(discovery.close);
    await discovery.found();
    await until('both are there', () => discovery.targets().length === 2, 20);
    expect(discovery.targets().map(({ name, node }) => [name, node])).toEqual([
      ['node-1', 'node-1'],
      ['node-1/10.245.16.1', 'node-1'],
    ]);
    expect(discovery.expected()).toEqual({
      count: 2,
      reason: `TARGETS names 1, and the service ${namespace.name}/beside has 1 endpoint`,
    });
  });

  test('a service that is not there has no endpoints, which is told when no DaemonSet expects any', async () => {
    const discovery = discoverService('nowhere');
    await discovery.found();
    expect(discovery.targets()).toEqual([]);
    await until('that is told', () => discovery.problems().length > 0, 20);
    expect(discovery.problems().map(({ message }) => message)).toEqual([
      `The service ${namespace.name}/nowhere has no endpoints, and no DaemonSet of that name expects any: ` +
        'no daemon is recorded. Correct SERVICE_NAME, or start the exporters.',
    ]);
    expect(discovery.expected().reason).toBe(`the service ${namespace.name}/nowhere has 0 endpoints`);
  });
});
