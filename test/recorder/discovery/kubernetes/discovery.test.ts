import type { ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { answerList, isWatch, startApiServer } from '../../../exporter/serve/kubernetes/ownApiServer.ts';
import { discovering } from '../../../support/kube/discovering.ts';
import { until } from '../../../support/until.ts';

const slice = {
  metadata: { name: 'slice', resourceVersion: '5' },
  addressType: 'IPv4',
  ports: [{ name: 'metrics', port: 9822 }],
  endpoints: [{ addresses: ['10.0.0.1'], nodeName: 'node-1' }],
};
const daemonSet = { status: { desiredNumberScheduled: 1 } };

function refuse(response: ServerResponse): void {
  response.writeHead(403).end(JSON.stringify({ message: 'no right' }));
}

/** A server that tells of lab/exporter; `refuses` says what it refuses. */
async function discover(refuses: (path: string) => boolean) {
  const server = await startApiServer((response, url) => {
    if (refuses(url.pathname)) refuse(response);
    else if (url.pathname.endsWith('/daemonsets/exporter')) response.end(JSON.stringify(daemonSet));
    else if (isWatch(url)) response.flushHeaders();
    else answerList(response, [slice]);
  });
  const discovery = discovering(server.api, 'lab', 'exporter,shop/cart:metrics');
  onTestFinished(discovery.close);
  return { ...server, discovery };
}

test('a further service that may not be read is not recorded: a warning says what to apply', async () => {
  const { api, discovery } = await discover((path) => path.includes('/shop/'));
  await discovery.found();
  await until('the daemons are found', () => discovery.targets().length === 1, 5);
  const message =
    `The Kubernetes API at ${api.server} refuses the endpointslices of shop/cart (403): no right. ` +
    'Allow it by RBAC, as k8s/ does. It needs a Role in namespace shop that lets it list and watch ' +
    'endpointslices, as k8s/examples/application-exporter has one.';
  await until('it is told', () => discovery.problems()[0]?.message === message, 5);
  expect(discovery.problems()).toMatchObject([{ unrecorded: 'shop/cart:metrics/metrics' }]);
  expect(discovery.logged.filter((line) => line.startsWith('warn'))).toEqual([`warn ${message}`]);
});

test("in the recorder's own namespace the Role is that of k8s/", async () => {
  const { discovery } = await discover((path) => path.includes('lab/endpointslices'));
  await until('it is told', () => discovery.problems()[0]?.message.includes('refuses') === true, 5);
  expect(discovery.problems()[0]?.message).toMatch(
    /namespace lab that lets it list and watch endpointslices\.$/,
  );
  expect(discovery.problems()[0]?.unrecorded).toBe('lab/exporter/metrics');
});

test('what was told once is still scraped, so that a refusal or an absence costs no target', async () => {
  let isRefusing = false;
  const { discovery, cut, stop } = await discover(() => isRefusing);
  await until('all are found', () => discovery.targets().length > 0, 5);
  await discovery.found();
  isRefusing = true;
  cut();
  await until('both are refused', () => discovery.problems().length === 2, 10);
  await until('it is why', () => discovery.problems().every(({ message }) => message.includes('(403)')), 10);
  expect(discovery.problems().filter((problem) => 'unrecorded' in problem)).toEqual([]);

  await stop();
  const isAway = () => discovery.problems().every(({ message }) => message.includes('ECONNREFUSED'));
  await until('it is away', isAway, 10);
  expect(discovery.problems().map(({ message }) => message.endsWith('is still scraped.'))).toEqual([
    true,
    true,
  ]);
  expect(discovery.problems().filter((problem) => 'unrecorded' in problem)).toEqual([]);
});

test(
  'a service of daemons that nobody knows is told as soon as its DaemonSet is known not to be',
  { timeout: 30_000 },
  async () => {
    let isDeployed = false;
    const server = await startApiServer((response, url) => {
      if (isWatch(url)) response.flushHeaders();
      else if (!url.pathname.includes('/daemonsets/')) answerList(response, []);
      else if (isDeployed) response.end(JSON.stringify(daemonSet));
      else response.writeHead(404).end(JSON.stringify({ message: 'not found' }));
    });
    const discovery = discovering(server.api, 'lab', 'exproter');
    onTestFinished(discovery.close);
    const message =
      'The service lab/exproter has no endpoints, and no DaemonSet of that name expects any: no daemon is recorded. ' +
      'Correct SERVICE_NAME, or start the exporters.';
    await until('it is told', () => discovery.problems()[0]?.message === message, 5);
    expect(discovery.problems()).toEqual([
      { message, unrecorded: 'lab/exproter/metrics', since: expect.any(Number) },
    ]);
    expect(discovery.logged.filter((line) => line.startsWith('warn'))).toEqual([`warn ${message}`]);

    isDeployed = true;
    await until('the DaemonSet is missed instead', () => discovery.problems().length === 0, 10);
    expect(discovery.expected().count).toBe(1);
  },
);
