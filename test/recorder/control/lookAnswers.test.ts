import { expect, test } from 'vitest';
import { createLog } from '../../../exporter/serve/log.ts';
import { daemonsAnswer, statusAnswer } from '../../../recorder/control/lookAnswers.ts';
import { createConnections } from '../../../recorder/discovery/connections.ts';
import type { Discovery } from '../../../recorder/discovery/discovery.ts';
import type { Target } from '../../../recorder/scrape/target.ts';
import { handDiscovery } from '../discovery/handDiscovery.ts';
import { closeAfterEach } from '../run/closing.ts';

const later = closeAfterEach();

function connect(discovery: Discovery) {
  const connections = createConnections({
    discovery,
    numDaemons: 0,
    bodySizeLimit: 1 << 20,
    sampleLimit: 1000,
    clock: () => 1_700_000_000,
    log: createLog('test', 'silent'),
  });
  later(() => connections.close());
  return connections;
}

const target: Target = {
  name: 'node1',
  node: 'node1',
  url: 'http://10.0.0.1:9822/metrics',
  role: 'daemon',
  pod: 'kubemon/kubemon-exporter-2tlqd',
  ready: false,
};

test('a daemon that Kubernetes has told of: its pod, and whether it is ready', () => {
  expect(daemonsAnswer(connect(handDiscovery([target])))).toEqual({
    message: '0 of 1 daemons are connected (so many are named).',
    connected: 0,
    expected: 1,
    reason: 'so many are named',
    daemons: [
      {
        name: 'node1',
        node: 'node1',
        pod: 'kubemon/kubemon-exporter-2tlqd',
        address: '10.0.0.1:9822',
        role: 'unknown',
        ready: false,
        connected: false,
        since: '2023-11-14T22:13:20.000Z',
        error: 'it has not answered yet',
      },
    ],
  });
});

test('what discovery cannot tell is told, and since when', () => {
  const problem = { message: 'The API is away.', since: 1_700_000_000.5 };
  const connections = connect({ ...handDiscovery([]), problems: () => [problem] });
  const discovery = [{ message: 'The API is away.', since: '2023-11-14T22:13:20.500Z' }];
  const sentence = 'Since 2023-11-14T22:13:20.500Z: The API is away.';
  expect(daemonsAnswer(connections)).toMatchObject({
    message: `0 of 0 daemons are connected (so many are named). ${sentence}`,
    discovery,
  });
  expect(statusAnswer({ name: 'idle' }, connections, undefined)).toEqual({
    message: `Nothing is recording. ${sentence}`,
    daemons: { connected: 0, expected: 0 },
    discovery,
  });
});
