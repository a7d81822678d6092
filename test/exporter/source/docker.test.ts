import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { watchDocker } from '../../../exporter/source/docker.ts';
import { defaultDockerHost, dockerHost } from '../../../exporter/source/dockerHost.ts';
import type { ContainerNames } from '../../../exporter/source/names.ts';
import { createFleet, docker, type Fleet } from '../../support/fleet.ts';
import { describeWith, needs } from '../../support/needs.ts';
import { recordedLog } from './recordedLog.ts';

// A Docker of a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
const soon = { timeout: 20_000, interval: 10 };
const url = process.env['DOCKER_HOST'] ?? defaultDockerHost;

describeWith([needs.docker], 'the names of real containers', () => {
  const { log, lines } = recordedLog();
  let fleet: Fleet;
  let names: ContainerNames;

  beforeAll(async () => {
    fleet = createFleet('source');
    names = watchDocker({ host: dockerHost(url), log });
    await vi.waitUntil(() => names.available, soon);
  });

  afterAll(async () => {
    names.close();
    await fleet.remove();
  });

  test('follow a container from its start to after its end', async () => {
    const { id, name } = await fleet.start('life', 'sleep 1000');
    await expect
      .poll(() => names.lookup(id), soon)
      .toEqual({
        namespace: '',
        pod: '',
        container: name,
        image: 'kubemon-test:busybox',
        runtime: 'docker',
        sandbox: false,
      });
    await docker('rename', id, `${name}-2`);
    await expect.poll(() => names.lookup(id)?.container, soon).toBe(`${name}-2`);
    await docker('rm', '-f', id);
    // A scrape that is on its way may still ask.
    expect(names.lookup(id)?.container).toBe(`${name}-2`);
    expect(lines).toEqual([`info Connected to Docker at ${url}.`]);
  });

  test('are there for containers that ran before, with the pod that a name tells', async () => {
    const { id, name } = await fleet.start('before', 'sleep 1000');
    await docker('rename', id, `k8s_redis_${name}_shop_4c0114f2-9a3e-4c68-8f0b-5b1c7b6f7d10_0`);
    const later = watchDocker({ host: dockerHost(url), log: recordedLog().log });
    onTestFinished(() => later.close());
    expect([later.available, later.pending]).toEqual([false, true]);
    await vi.waitUntil(() => !later.pending, soon);
    expect([later.available, later.reason]).toEqual([true, undefined]);
    expect(later.lookup(id)).toMatchObject({ namespace: 'shop', pod: name, container: 'redis' });
  });

  test('are complete when many start while it connects', async () => {
    const starting = Array.from({ length: 12 }, async (_, index) =>
      fleet.start(`many-${index}`, 'sleep 1000'),
    );
    await Promise.race(starting);
    const later = watchDocker({ host: dockerHost(url), log: recordedLog().log });
    onTestFinished(() => later.close());
    for (const { id, name } of await Promise.all(starting)) {
      await expect.poll(() => later.lookup(id)?.container, soon).toBe(name);
    }
  });

  test('are no longer followed once closed', async () => {
    const later = watchDocker({ host: dockerHost(url), log: recordedLog().log });
    await vi.waitUntil(() => later.available, soon);
    later.close();
    expect([later.available, later.reason]).toEqual([false, `Docker at ${url} is no longer asked.`]);
    const { id, name } = await fleet.start('late', 'sleep 1000');
    await expect.poll(() => names.lookup(id)?.container, soon).toBe(name);
    expect(later.lookup(id)).toBeUndefined();
  });
});
