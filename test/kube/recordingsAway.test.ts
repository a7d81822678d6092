import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeAfterEach } from '../recorder/run/closing.ts';
import { startApiServer, type TestApiServer } from '../support/kube/apiServer.ts';
import { kubectl, type TestNamespace } from '../support/kube/kubectl.ts';
import { getRecording, installRecordings, recording, untilStatus } from '../support/kube/recordings.ts';
import { recordingNamespace, type SharedRecorder } from '../support/kube/sharedRecorder.ts';
import { describeWith, needs } from '../support/needs.ts';
import { until } from '../support/until.ts';

describeWith([needs.kubernetes, needs.apiServer], 'Recordings and an API server that goes away', () => {
  const later = closeAfterEach();
  const { recorder, namespace: made, kubeConfig } = recordingNamespace('recordings-away');
  let namespace: TestNamespace;
  beforeAll(() => {
    namespace = made();
  });

  /** A recorder, and the API server that it alone asks. */
  async function withServer(): Promise<{
    readonly server: TestApiServer;
    readonly recorder: SharedRecorder;
  }> {
    const server = await startApiServer();
    later(server.stop);
    return { server, recorder: await recorder({ KUBECONFIG: await kubeConfig({ server: server.url }) }) };
  }

  test('the run goes on; what kubectl says meanwhile holds when the API is back', async () => {
    const { server, recorder: one } = await withServer();
    await namespace.apply(recording('away', { interval: 0.5 }));
    await untilStatus(namespace, 'away', 'recording', ({ phase }) => phase === 'Recording');
    await server.kill();
    await namespace.kubectl('patch', 'recording', 'away', '--type=merge', '-p', '{"spec":{"stop":true}}');
    await one.more('done', 4);
    await server.start();
    await namespace.kubectl('wait', '--for=condition=Complete', 'recording/away', '--timeout=60s');
    expect(one.run('away').manifest).toMatchObject({ state: 'stopped', interruptions: [] });
  });

  test('a stop by HTTP stops the run here at once, and is told when the API is back', async () => {
    const { server, recorder: one } = await withServer();
    await one.client.start('stopped', { interval: 0.5 });
    await one.ticks(2);
    await server.kill();
    expect(await one.client.stop()).toMatchObject({ message: 'Stopped collector', run: 'stopped' });
    expect((await getRecording(namespace, 'stopped')).status?.phase).toBe('Recording');
    // Alone it needs nobody to agree with.
    expect(await one.client.start('alone', { interval: 0.5 })).toMatchObject({
      message: expect.stringMatching(
        /^Starting 1 daemons .* kubectl does not show this run: the Kubernetes API is away/,
      ),
    });
    await one.ticks(2);
    await server.start();
    await namespace.kubectl('wait', '--for=condition=Complete', 'recording/stopped', '--timeout=60s');
    expect((await one.client.status()).recording?.run).toBe('alone');
    await namespace.apply(recording('other'));
    const { message } = await untilStatus(namespace, 'other', 'failed', ({ phase }) => phase === 'Failed');
    expect(message).toBe('Already recording alone: stop it first.');
    await one.client.stop();
  });
});

describeWith([needs.kubernetes], 'without the kind Recording', () => {
  const { recorder, namespace } = recordingNamespace('recordings-absent', { isInstalled: false });
  let removeKind: (() => Promise<void>) | undefined;
  afterAll(async () => {
    await removeKind?.();
  });

  test('all is as it was; a kind that is installed later is noticed', async () => {
    const one = await recorder();
    expect(await one.client.start('plain', { interval: 0.5 })).toMatchObject({ run: 'plain', daemons: 1 });
    await one.ticks(2);
    expect(await one.client.stop()).toMatchObject({ message: 'Stopped collector', run: 'plain' });
    expect(one.run('plain').manifest.settings).not.toHaveProperty('firstTick');
    removeKind = await installRecordings(namespace());
    await namespace().apply(recording('noticed', { interval: 0.5, for: '1s' }));
    await namespace().kubectl('wait', '--for=condition=Complete', 'recording/noticed', '--timeout=60s');
    await kubectl('delete', 'crd', 'recordings.kubemon.io');
    await until('it notices that the kind is gone', async () => {
      const answer = await one.client.start(`after-${Date.now()}`, { interval: 0.5 });
      await one.client.stop();
      return !answer.message.includes('kubectl');
    });
  });
});
