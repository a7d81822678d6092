import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { freePort } from '../../support/freePort.ts';
import { until } from '../../support/until.ts';
import { closeAfterEach } from '../run/closing.ts';
import { kubemon, loopbackExporter, machine } from '../run/loopbackExporter.ts';
import { loopbackRecorder } from '../run/loopbackRecorder.ts';

const later = closeAfterEach();
const folder = mkdtempSync(join(tmpdir(), 'kubemon-away-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** A recorder of one static target whose API server is at that port. */
async function recorderWith(apiPort: number) {
  const path = join(folder, 'kubeconfig');
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'away', cluster: { server: `https://127.0.0.1:${apiPort}` } }],
    users: [{ name: 'nobody', user: { token: 'none' } }],
    contexts: [{ name: 'here', context: { cluster: 'away', user: 'nobody', namespace: 'lab' } }],
    'current-context': 'here',
  };
  writeFileSync(path, JSON.stringify(kubeconfig));
  vi.stubEnv('KUBECONFIG', path);
  const exporter = await loopbackExporter(kubemon(machine('one')));
  later(exporter.close);
  const recorder = await loopbackRecorder({ one: exporter.url }, { FROM_K8S: 'true' });
  later(recorder.close);
  return recorder;
}

test('an API server that refuses connections keeps nobody from recording what is known', async () => {
  const port = await freePort();
  const { control } = await recorderWith(port);
  expect(await control.start({ run: 'away', interval: 1 })).toMatchObject({ daemons: 1 });
  await until('it is told', () => control.daemons().message.includes('cannot be reached'), 5);
  const { discovery, expected, reason } = control.daemons();
  expect(discovery?.map(({ message }) => message)).toEqual([
    `The Kubernetes API at https://127.0.0.1:${port} cannot be reached for the endpointslices of ` +
      `lab/kubemon-exporter: connect ECONNREFUSED 127.0.0.1:${port}. It is tried again.`,
  ]);
  expect({ expected, reason }).toEqual({
    expected: 1,
    reason: 'TARGETS names 1, and the endpoints of the service lab/kubemon-exporter are not known yet',
  });
  expect(control.status().message).toContain('cannot be reached');

  await until('a tick is recorded', () => (control.status().recording?.ticks.done ?? 0) > 0, 5);
  const { verdict } = await control.stop();
  // The service has never been told: whatever stands behind it is not recorded.
  expect(verdict).toMatchObject({
    verdict: 'degraded',
    reasons: [expect.stringMatching(/^As of .+Z: The Kubernetes API at .+ cannot be reached for/)],
  });
});

test('one that never answers keeps a start waiting for a second or two, not longer', async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => {
    silent.listen(0, '127.0.0.1', resolve);
  });
  later(() => {
    silent.close();
  });
  const address = silent.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  const { control } = await recorderWith(address.port);
  const asked = performance.now();
  expect(await control.start({ run: 'silent', interval: 1 })).toMatchObject({ daemons: 1 });
  expect(performance.now() - asked).toBeLessThan(3000);
  expect(control.status().discovery?.[0]?.message).toContain('has not answered yet');
});
