import { beforeAll, expect, test } from 'vitest';
import type { TestNamespace } from '../support/kube/kubectl.ts';
import { getRecording, recording, tryApply, untilStatus } from '../support/kube/recordings.ts';
import { recorderRights, rightsOf } from '../support/kube/rights.ts';
import { recordingNamespace } from '../support/kube/sharedRecorder.ts';
import { describeWith, needs } from '../support/needs.ts';

describeWith([needs.kubernetes], 'runs as objects of a real cluster', () => {
  const { recorder, namespace: made } = recordingNamespace('recordings');
  let namespace: TestNamespace;
  beforeAll(() => {
    namespace = made();
  });

  test('kubectl starts a run, and waits for its end', async () => {
    const { client, run } = await recorder();
    await namespace.apply(
      recording('timed', { interval: 0.5, for: '3s', daemons: 1, labels: { load: 'high' } }),
    );
    await namespace.kubectl('wait', '--for=condition=Recording', 'recording/timed', '--timeout=30s');
    expect((await client.status()).recording).toMatchObject({ run: 'timed', interval: 0.5, for: 3 });
    await namespace.kubectl('wait', '--for=condition=Complete', 'recording/timed', '--timeout=30s');
    const { status } = await getRecording(namespace, 'timed');
    expect(status).toMatchObject({
      run: 'timed',
      phase: 'Completed',
      ticks: expect.objectContaining({ planned: 6 }),
      observedGeneration: 1,
    });
    expect(run('timed').manifest).toMatchObject({ state: 'stopped', labels: { load: 'high' } });
  });

  test('curl starts it, kubectl shows and stops it', async () => {
    const { client } = await recorder();
    expect(await client.start('By_Curl', { interval: 0.5 })).toMatchObject({ daemons: 1 });
    const [name = ''] =
      (await namespace.kubectl('get', 'recordings', '-o', 'name')).match(/by-curl-\w+/) ?? [];
    await untilStatus(namespace, name, 'recording', ({ phase }) => phase === 'Recording');
    await namespace.kubectl('patch', 'recording', name, '--type=merge', '-p', '{"spec":{"stop":true}}');
    await namespace.kubectl('wait', '--for=condition=Complete', `recording/${name}`, '--timeout=30s');
    expect((await client.status()).message).toContain('Nothing is recording.');
  });

  test('a Recording that is deleted stops its run, and the next one starts', async () => {
    const { client, run } = await recorder();
    await namespace.apply(recording('deleted'));
    await untilStatus(namespace, 'deleted', 'recording', ({ ticks }) => (ticks?.done ?? 0) > 0);
    await namespace.kubectl('delete', 'recording', 'deleted');
    await namespace.apply(recording('next', { interval: 0.5, for: '1s' }));
    await untilStatus(namespace, 'next', 'completed', ({ phase }) => phase === 'Completed');
    expect(run('deleted').manifest.state).toBe('stopped');
    expect(run('next').manifest.ticks).toMatchObject({ planned: 2 });
    expect((await client.status()).message).toContain('Nothing is recording.');
  });

  test('what is refused is told to whoever asked, and in the object', async () => {
    const { client, address } = await recorder();
    await client.start('busy');
    await namespace.apply(recording('meanwhile'));
    const { message } = await untilStatus(
      namespace,
      'meanwhile',
      'failed',
      ({ phase }) => phase === 'Failed',
    );
    expect(message).toBe('Already recording busy: stop it first.');
    await namespace.kubectl('wait', '--for=condition=Failed', 'recording/meanwhile', '--timeout=5s');
    await expect(client.start('meanwhile')).rejects.toMatchObject({ status: 409, message });
    expect(await client.stop()).toMatchObject({ message: 'Stopped collector', run: 'busy' });
    await namespace.kubectl('wait', '--for=condition=Complete', 'recording/busy', '--timeout=5s');

    await namespace.apply(recording('many', { daemons: 5 }), recording('again', { name: 'busy' }));
    const few = await untilStatus(namespace, 'many', 'pending', ({ phase }) => phase === 'Pending');
    expect(few.message).toBe('5 daemon(s) expected. There are connected only 1.');
    const exists = await untilStatus(namespace, 'again', 'failed', ({ phase }) => phase === 'Failed');
    expect(exists.message).toMatch(/^Run busy exists in .*: choose another name\.$/);
    expect(exists.conditions).toContainEqual(
      expect.objectContaining({
        type: 'Failed',
        status: 'True',
        reason: 'Conflict',
        message: exists.message,
      }),
    );
    await expect(client.start('busy')).rejects.toMatchObject({ status: 409, message: exists.message });
    expect(await (await fetch(`http://${address}/status`)).text()).toContain('Nothing is recording.');
  });

  test('a full disk refuses a Recording', async () => {
    await recorder({ MIN_FREE_BYTES: '1000T' });
    await namespace.apply(recording('full'));
    const { message, conditions } = await untilStatus(
      namespace,
      'full',
      'failed',
      ({ phase }) => phase === 'Failed',
    );
    expect(message).toContain('MIN_FREE_BYTES asks for');
    expect(conditions).toContainEqual(
      expect.objectContaining({ type: 'Failed', reason: 'InsufficientStorage' }),
    );
  });

  test('what cannot be recorded is refused by the API server, in a sentence', async () => {
    const refusal = async (spec: object) => tryApply(namespace, { ...recording('bad'), spec });
    expect(await refusal({ interval: 0.01 })).toContain(
      'spec.interval in body should be greater than or equal to 0.1',
    );
    expect(await refusal({ for: '10 minutes' })).toContain('for is a duration such as 90s, 10m or 1h');
    expect(await refusal({ for: '0s' })).toContain('for is a duration such as 90s, 10m or 1h');
    expect(await refusal({ name: '../etc' })).toContain('the name of a run begins with a letter or a digit');
    expect(await refusal({ name: 'a.tar.gz' })).toContain('does not end in .tar.gz');
    expect(await refusal({ labels: { '': 'x' } })).toContain('the key of a label has 1 to 100 characters');
    expect(await refusal({ daemons: -1 })).toContain(
      'spec.daemons in body should be greater than or equal to 0',
    );
    expect(await refusal({ intervall: 1 })).toContain('unknown field "spec.intervall"');
    expect(await tryApply(namespace, recording('run.tar.gz'))).toContain('spec.name is needed');
  });

  test('what a run was asked for with cannot be changed, and a stop not be taken back', async () => {
    await namespace.apply(recording('fixed', { interval: 1, stop: true }));
    expect(await tryApply(namespace, recording('fixed', { interval: 2, stop: true }))).toContain(
      'interval cannot be changed once the Recording is there; make another one',
    );
    expect(await tryApply(namespace, recording('fixed', { interval: 1, stop: false }))).toContain(
      'stop cannot be taken back; make another Recording',
    );
    await recorder();
    const { message } = await untilStatus(namespace, 'fixed', 'failed', ({ phase }) => phase === 'Failed');
    expect(message).toBe('spec.stop is true: nothing was recorded.');
  });

  test('its account has these rights, and no more', async () => {
    const rights = await rightsOf(`system:serviceaccount:${namespace.name}:kubemon-recorder`, namespace.name);
    expect(rights).toEqual(recorderRights);
  });
});
