import type { ServerResponse } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type FollowedObject, followObjects } from '../../../../exporter/serve/kubernetes/follow.ts';
import { recordedLog } from '../../source/recordedLog.ts';
import { answerList, isWatch, type OwnApiServer, refuse, startApiServer, tell } from './ownApiServer.ts';

vi.setConfig({ testTimeout: 20_000 });
const soon = { timeout: 10_000, interval: 5 };

interface Named extends FollowedObject {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string };
}

function named(name: string, resourceVersion = '11'): Named {
  return { metadata: { name, resourceVersion } };
}

/** Follows what the server tells: "list a,b", "ADDED c". */
function follow({ api }: OwnApiServer, silence?: number) {
  const told: string[] = [];
  const { log, lines } = recordedLog();
  const connection = followObjects<Named>({
    api,
    path: '/api/v1/pods',
    query: { fieldSelector: 'spec.nodeName=node1' },
    what: 'the pods of node node1',
    onList: (objects) => told.push(`list ${objects.map(({ metadata }) => metadata.name).join()}`),
    onChange: (change, { metadata }) => told.push(`${change} ${metadata.name}`),
    log,
    ...(silence === undefined ? {} : { silence }),
  });
  onTestFinished(() => {
    connection.close();
  });
  return { connection, told, lines };
}

/** The versions from which the watches were asked for. */
function versions({ requests }: OwnApiServer): readonly (string | null)[] {
  return requests.filter(isWatch).map(({ searchParams }) => searchParams.get('resourceVersion'));
}

/** The versions that the lists were not to be older than. */
function lists({ requests }: OwnApiServer): readonly (string | null)[] {
  return requests
    .filter((url) => !isWatch(url))
    .map(({ searchParams }) => searchParams.get('resourceVersion'));
}

test('what is there is listed, what changes is told, and the log has one line', async () => {
  const server = await startApiServer((response, url) => {
    if (!isWatch(url)) {
      answerList(response, [named('a'), named('b')]);
      return;
    }
    tell(response, 'ADDED', named('c'));
    tell(response, 'MODIFIED', named('a'));
    tell(response, 'BOOKMARK', named('none', '20'));
    tell(response, 'DELETED', named('b'));
  });
  const { connection, told, lines } = follow(server);
  await expect.poll(() => told, soon).toEqual(['list a,b', 'ADDED c', 'MODIFIED a', 'DELETED b']);
  expect([connection.available, connection.reason]).toEqual([true, undefined]);
  expect(lines).toEqual([`info Connected to Kubernetes at ${server.api.server} (the pods of node node1).`]);
  expect(
    server.requests.map(({ pathname, searchParams }) => [pathname, Object.fromEntries(searchParams)]),
  ).toEqual([
    ['/api/v1/pods', { fieldSelector: 'spec.nodeName=node1', resourceVersion: '0' }],
    [
      '/api/v1/pods',
      {
        fieldSelector: 'spec.nodeName=node1',
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: '10',
        timeoutSeconds: '300',
      },
    ],
  ]);
});

test('a watch that the server ends goes on from its last version, without a list', async () => {
  const server = await startApiServer((response, url, count) => {
    if (!isWatch(url)) answerList(response, []);
    if (count === 2) {
      tell(response, 'ADDED', named('a', '15'));
      tell(response, 'BOOKMARK', named('', '20'));
      response.end();
    }
    if (count === 3) tell(response, 'ADDED', named('b', '21'));
  });
  const { told, lines } = follow(server);
  await expect.poll(() => told, soon).toEqual(['list ', 'ADDED a', 'ADDED b']);
  expect(versions(server)).toEqual(['10', '20']);
  expect(lines).toHaveLength(1);
});

test('a torn line is told when it comes whole', async () => {
  const server = await startApiServer((response, url, count) => {
    if (!isWatch(url)) answerList(response, []);
    if (count === 2) {
      tell(response, 'ADDED', named('a', '15'));
      response.end(JSON.stringify({ type: 'ADDED', object: named('b', '16') }).slice(0, -3));
    }
    if (count === 3) tell(response, 'ADDED', named('b', '16'));
  });
  const { told } = follow(server);
  await expect.poll(() => told, soon).toEqual(['list ', 'ADDED a', 'ADDED b']);
  expect(versions(server)).toEqual(['10', '15']);
});

test.each([
  [
    'as an event',
    (response: ServerResponse) => {
      tell(response, 'ERROR', { kind: 'Status', code: 410, message: 'too old resource version: 10 (99)' });
      response.end();
    },
  ],
  ['as the status', (response: ServerResponse) => refuse(response, 410, 'too old resource version')],
])('a version that is gone, told %s, is followed by a new list', async (_how, gone) => {
  const server = await startApiServer((response, url, count) => {
    if (!isWatch(url)) answerList(response, [named(`list${count}`)], { resourceVersion: String(count) });
    if (count === 2) gone(response);
  });
  const { told, connection, lines } = follow(server);
  await expect.poll(() => told, soon).toEqual(['list list1', 'list list3']);
  await expect.poll(() => versions(server), soon).toEqual(['1', '3']);
  expect(lists(server)).toEqual(['0', '']);
  expect([connection.available, lines.length]).toEqual([true, 1]);
});

test('a watch that falls silent is replaced, after a list, and that is nothing to tell', async () => {
  const server = await startApiServer((response, url) => {
    if (!isWatch(url)) answerList(response, [named('a')]);
    else response.flushHeaders();
  });
  const { told, connection, lines } = follow(server, 0.2);
  await expect.poll(() => told, soon).toEqual(['list a', 'list a']);
  expect([connection.available, lines.length]).toEqual([true, 1]);
});

test('a watch that says something from time to time is kept', async () => {
  const server = await startApiServer((response, url) => {
    if (!isWatch(url)) {
      answerList(response, []);
      return;
    }
    let version = 11;
    const timer = setInterval(() => tell(response, 'BOOKMARK', named('', String(version++))), 50);
    response.on('close', () => clearInterval(timer));
    setTimeout(() => tell(response, 'ADDED', named('late')), 600);
  });
  const { told } = follow(server, 0.3);
  await expect.poll(() => told, soon).toEqual(['list ', 'ADDED late']);
  expect(server.requests).toHaveLength(2);
});

test('a list that is never answered is given up', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const server = await startApiServer((response, url, count) => {
    if (count === 1) vi.advanceTimersByTime(20_000);
    else if (!isWatch(url)) answerList(response, [named('a')]);
  });
  const { told, lines } = follow(server);
  await expect.poll(() => told, soon).toEqual(['list a']);
  expect(lines[0]).toBe(
    `info The Kubernetes API at ${server.api.server} does not tell the pods of node node1: no answer within 20 s. It is tried again.`,
  );
});

test.each([
  ['JSON that is no list', {}, 'does not tell the pods of node node1: the answer is no list of objects'],
  ['a list without a version', { items: [] }, 'the answer is no list of objects'],
  ['null', null, 'the answer is no list of objects'],
])('%s does not empty what is known', async (_what, answer, sentence) => {
  const server = await startApiServer((response, url, count) => {
    if (isWatch(url)) response.destroy();
    else if (count === 1) answerList(response, [named('a')]);
    else response.end(JSON.stringify(answer));
  });
  const { told, connection } = follow(server);
  await expect.poll(() => connection.reason, soon).toContain(sentence);
  expect(told).toEqual(['list a']);
});

test('the page of a proxy is no watch', async () => {
  const server = await startApiServer((response, url) => {
    if (!isWatch(url)) {
      answerList(response, [named('a')]);
      return;
    }
    response.setHeader('content-type', 'text/html');
    response.end('<h1>Please log in</h1>');
  });
  const { connection } = follow(server);
  await expect
    .poll(() => connection.reason, soon)
    .toContain('200 with text/html, not JSON, as a proxy on the way may answer.');
});

test('of several servers one that is behind is not believed', async () => {
  const server = await startApiServer((response, url, count) => {
    if (count === 1) answerList(response, [named('old')]);
    else if (count === 2) {
      tell(response, 'ADDED', named('new', '15'));
      response.end('cut short\n');
    } else if (count === 3) refuse(response, 504, 'Too large resource version: 15, current: 12');
    else if (!isWatch(url)) answerList(response, [named('new')], { resourceVersion: '15' });
  });
  const { told } = follow(server);
  await expect.poll(() => told, soon).toEqual(['list old', 'ADDED new', 'list new']);
  // Not older than what was told; then, since that is refused, the latest there is.
  expect(lists(server)).toEqual(['0', '15', '']);
});

test('a connection that breaks is a reason, and what changed meanwhile is in the next list', async () => {
  const server = await startApiServer((response, url, count) => {
    if (isWatch(url)) response.flushHeaders();
    else answerList(response, [named(count === 1 ? 'before' : 'after')]);
  });
  const { told, connection, lines } = follow(server);
  await vi.waitUntil(() => server.requests.length === 2, soon);
  server.cut();
  await vi.waitUntil(() => !connection.available, soon);
  expect(connection.reason).toMatch(
    /cannot be reached for the pods of node node1: ECONNRESET \(aborted\)\. It is tried/,
  );
  await expect.poll(() => told, soon).toEqual(['list before', 'list after']);
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['info', 'warn', 'info']);
});

test('a server that ends each watch at once is asked ever less often', async () => {
  const server = await startApiServer((response, url) => {
    if (isWatch(url)) response.end();
    else answerList(response, []);
  });
  const start = performance.now();
  const { told } = follow(server);
  await vi.waitUntil(() => versions(server).length === 4, soon);
  // 250, 500 and 1000 ms lie between them; a timer may be a millisecond early.
  expect(performance.now() - start).toBeGreaterThan(1740);
  expect([told, lists(server)]).toEqual([['list '], ['0']]);
});

test('a server whose versions are always gone is asked for lists ever less often', async () => {
  const server = await startApiServer((response, url) => {
    if (isWatch(url)) refuse(response, 410, 'too old');
    else answerList(response, []);
  });
  const start = performance.now();
  follow(server);
  await vi.waitUntil(() => lists(server).length === 4, soon);
  expect(performance.now() - start).toBeGreaterThan(1740);
});

test('nothing is asked once it is closed', async () => {
  const closed: boolean[] = [];
  const server = await startApiServer((response, url) => {
    response.on('close', () => closed.push(isWatch(url)));
    if (isWatch(url)) response.flushHeaders();
    else answerList(response, []);
  });
  const { connection } = follow(server);
  await vi.waitUntil(() => server.requests.length === 2, soon);
  connection.close();
  await expect.poll(() => closed, soon).toEqual([false, true]);
  expect([connection.available, connection.reason]).toEqual([
    false,
    `Kubernetes at ${server.api.server} (the pods of node node1) is no longer asked.`,
  ]);
});
