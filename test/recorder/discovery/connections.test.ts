import { expect, test } from 'vitest';
import { createWallClock } from '../../../exporter/serve/clock.ts';
import { createLog } from '../../../exporter/serve/log.ts';
import { type Connections, createConnections } from '../../../recorder/discovery/connections.ts';
import type { Discovery } from '../../../recorder/discovery/discovery.ts';
import type { Target } from '../../../recorder/scrape/target.ts';
import { closeAfterEach } from '../run/closing.ts';
import { handDiscovery } from './handDiscovery.ts';
import { foreign, kubemon, loopbackExporter, machine } from '../run/loopbackExporter.ts';

const later = closeAfterEach();

async function exporter(behaviour: Parameters<typeof loopbackExporter>[0]) {
  const server = await loopbackExporter(behaviour);
  later(server.close);
  return server;
}

function connect(discovery: Discovery, numDaemons = 0): Connections {
  const connections = createConnections({
    discovery,
    numDaemons,
    bodySizeLimit: 1 << 20,
    sampleLimit: 1000,
    clock: createWallClock(),
    log: createLog('test', 'silent'),
  });
  later(() => connections.close());
  return connections;
}

const target = (name: string, url: string): Target => ({ name, node: name, url, role: 'daemon' });

test('a target is a daemon when it tells its clock; others do not count', async () => {
  const one = await exporter(kubemon(machine('one')));
  const app = await exporter(foreign('up 1\n'));
  const connections = connect(handDiscovery([target('one', one.url), target('app', app.url)]));
  expect(connections.all().map(({ state }) => state().role)).toEqual(['unknown', 'unknown']);
  expect(connections.expected()).toEqual({ count: 2, reason: 'so many are named' });

  await connections.probe(2);
  expect(connections.all().map(({ state }) => state())).toMatchObject([
    { role: 'daemon', node: 'one', connected: true, instances: { containers: 2, processes: 2 } },
    { role: 'further', node: '', connected: true, instances: undefined },
  ]);
  expect(connections.connected()).toBe(1);
  expect(connections.expected().count).toBe(1);

  // Once they are known, only kubemon exporters are asked for less.
  await connections.probe(2);
  expect(one.requests).toEqual(['/metrics', '/metrics?collect%5B%5D=node']);
  expect(app.requests).toEqual(['/metrics', '/metrics']);
});

const light = '/metrics?collect%5B%5D=node';

test('what could not be read at first is read in the background, and known when a run begins', async () => {
  const one = await exporter((_, response) => {
    response.setHeader('X-Kubemon-Clock', '1767322445').end('nonsense');
  });
  const connections = connect(handDiscovery([target('one', one.url)]));
  await connections.probe(2, 'unread');
  expect(connections.all()[0]?.state()).toMatchObject({ role: 'daemon', connected: false });
  one.behave(kubemon(machine('one')));
  for (let round = 0; round < 3; round++) await connections.probe(2, 'unread');
  expect(connections.all()[0]?.state().instances).toEqual({ containers: 2, processes: 2 });
  expect(one.requests).toEqual(['/metrics', light, '/metrics', light]);
});

test('what cannot be read is not tried again and again, and some at a time; the daemon stays connected', async () => {
  const one = await exporter(({ url }, response) => {
    response.setHeader('X-Kubemon-Clock', '1767322445');
    response.end(url === light ? 'kubemon_node_memory_total_bytes 1\n' : 'nonsense');
  });
  const names = Array.from({ length: 101 }, (_, index) => `node-${index}`);
  const connections = connect(handDiscovery(names.map((name) => target(name, one.url))));
  const whole: number[] = [];
  for (let round = 0; round < 5; round++) {
    const before = one.requests.length;
    await connections.probe(10, 'unread');
    whole.push(one.requests.slice(before).filter((url) => url !== light).length);
    expect(connections.connected()).toBe(round === 0 ? 0 : 101);
  }
  expect(whole).toEqual([101, 0, 100, 1, 0]);
});

test('NUM_DAEMONS counts where it is larger', () => {
  const connections = connect(handDiscovery([target('one', 'http://127.0.0.1:1/')]), 3);
  expect(connections.expected()).toEqual({ count: 3, reason: 'NUM_DAEMONS is 3' });
});

test('a target that is lost stays a daemon, and why it is lost is told', async () => {
  const one = await exporter(kubemon(machine('one')));
  const connections = connect(handDiscovery([target('one', one.url)]));
  await connections.probe(2);
  const since = connections.all()[0]?.state().since;
  one.behave((_, response) => {
    response.writeHead(503);
    response.end();
  });
  await connections.probe(2);
  const state = connections.all()[0]?.state();
  expect(state).toMatchObject({ role: 'daemon', connected: false, machine: { kernel: '6.1.0' } });
  expect(state?.error).toMatch(/^status: .*503/);
  expect(state?.since).toBeGreaterThan(since ?? Infinity);
  expect(connections.connected()).toBe(0);
});

test('targets come and go; what is known of those that stay is kept', async () => {
  const one = await exporter(kubemon(machine('one')));
  const discovery = handDiscovery([target('one', one.url)]);
  const connections = connect(discovery);
  await connections.probe(2);
  discovery.change([target('one', one.url), target('two', 'http://127.0.0.1:1/')]);
  expect(connections.all().map(({ target: { name }, state }) => [name, state().role])).toEqual([
    ['one', 'daemon'],
    ['two', 'unknown'],
  ]);
});

test('a change of readiness alone keeps what is known of a target', async () => {
  const one = await exporter(kubemon(machine('one')));
  const discovery = handDiscovery([{ ...target('one', one.url), ready: true }]);
  const connections = connect(discovery);
  await connections.probe(2);
  const before = connections.all()[0]?.state();
  discovery.change([{ ...target('one', one.url), ready: false, pod: 'kubemon/a' }]);
  expect(connections.all()[0]?.state()).toEqual(before);
  expect(connections.all()[0]?.target).toMatchObject({ ready: false, pod: 'kubemon/a' });
});

test('a name at another address is another target, taken for what was there before', async () => {
  const one = await exporter(kubemon(machine('one')));
  const discovery = handDiscovery([target('one', one.url)]);
  const connections = connect(discovery);
  await connections.probe(2);
  discovery.change([target('one', 'http://127.0.0.1:1/')]);
  expect(connections.all().map(({ state }) => state())).toMatchObject([
    { role: 'daemon', connected: false, machine: {}, error: 'it has not answered yet' },
  ]);
});

test('a probe waits for what discovery has not found yet', async () => {
  const one = await exporter(kubemon(machine('one')));
  const discovery = handDiscovery([]);
  let found = (): void => undefined;
  const waiting = new Promise<void>((resolve) => {
    found = resolve;
  });
  const connections = connect({ ...discovery, found: () => waiting });
  const probed = connections.probe(2);
  discovery.change([target('one', one.url)]);
  found();
  await probed;
  expect(connections.connected()).toBe(1);

  const never = connect({ ...handDiscovery([]), found: () => new Promise(() => undefined) });
  await never.probe(0.05);
  expect(never.connected()).toBe(0);
});
