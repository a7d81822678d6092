import { expect, test } from 'vitest';
import { createWallClock } from '../../../exporter/serve/clock.ts';
import { createLog } from '../../../exporter/serve/log.ts';
import { createConnections } from '../../../recorder/discovery/connections.ts';
import { startProbes } from '../../../recorder/discovery/probes.ts';
import { until } from '../../support/until.ts';
import { closeAfterEach } from '../run/closing.ts';
import { kubemon, loopbackExporter, machine } from '../run/loopbackExporter.ts';
import { handDiscovery } from './handDiscovery.ts';

const later = closeAfterEach();

test('a target that is found between two rounds is asked soon', async () => {
  const exporter = await loopbackExporter(kubemon(machine('one')));
  later(exporter.close);
  const discovery = handDiscovery([]);
  const connections = createConnections({
    discovery,
    numDaemons: 0,
    bodySizeLimit: 1 << 20,
    sampleLimit: 1000,
    clock: createWallClock(),
    log: createLog('test', 'silent'),
  });
  later(() => connections.close());
  const end = startProbes(connections, () => false);
  later(end);
  discovery.change([{ name: 'one', node: 'one', url: exporter.url, role: 'daemon' }]);
  // A round is five seconds.
  await until('it has been asked', () => exporter.requests.length > 0, 3);
  await until('it is connected', () => connections.connected() === 1, 1);
  expect(exporter.requests).toEqual(['/metrics']);
});
