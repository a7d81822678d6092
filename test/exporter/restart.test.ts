import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Collect, createCollect } from '../../exporter/collect.ts';
import { createLog } from '../../exporter/serve/log.ts';
import { readSettings } from '../../exporter/serve/settings.ts';
import { exporterSettings } from '../../exporter/settings.ts';
import type { Snapshot } from '../../exporter/snapshot.ts';
import { openSources, type Sources } from '../../exporter/sources.ts';
import { createFleet, docker, dockerTop, type Fleet, type Started } from '../support/fleet.ts';
import { describeWith, needs } from '../support/needs.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Uses CPU in its first life only. */
const script = `
[ -e /tmp/lived ] || { i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done; : >/tmp/lived; }
sleep 1000 & wait`;

/** What a snapshot shows of one container. */
function look({ tables }: Snapshot, { id }: Started) {
  const rowsOf = (name: string) =>
    (tables.find(({ table }) => table.name === name)?.rows ?? []).filter(
      ({ labels }) => labels.values[3] === id.slice(0, 12),
    );
  const [container, ...more] = rowsOf('container');
  return {
    containers: container === undefined ? 0 : 1 + more.length,
    name: container?.labels.values[2],
    started: Number(container?.readings['computed']?.['start_time']),
    usage: Number(
      container?.readings['cpuacct.usage']?.['value'] ?? container?.readings['cpu.stat']?.['usage_usec'],
    ),
    memory: container?.readings['memory.stat'],
    interfaces: rowsOf('container_network').map(({ labels }) => labels.values[4]),
    pids: rowsOf('process').map(({ labels }) => labels.values[4]),
  };
}

describeWith([needs.root, needs.docker], 'a container that is stopped and started again', () => {
  let fleet: Fleet;
  let container: Started;
  let sources: Sources;
  let collect: Collect;
  beforeAll(async () => {
    fleet = createFleet('restart');
    container = await fleet.start('again', script);
    const settings = readSettings(exporterSettings, {}, { ...process.env, FROM_K8S: 'false' });
    sources = await openSources(settings, createLog('test', 'silent'));
    collect = createCollect(sources);
    await vi.waitUntil(() => look(collect(), container).name === container.name, { timeout: 20_000 });
  });
  afterAll(async () => {
    sources.close();
    await fleet.remove();
  });

  test('is shown right in the next scrape, with nothing of its earlier life', async () => {
    await vi.waitUntil(() => look(collect(), container).pids.length === 2, { timeout: 20_000 });
    const before = look(collect(), container);
    await docker('restart', '-t', '0', container.id);
    const after = look(collect(), container);
    const pids = await dockerTop(container);
    expect(after).toMatchObject({ containers: 1, name: container.name, interfaces: ['lo', 'eth0'] });
    expect(after.memory).toBeDefined();
    expect(after.started).toBeGreaterThan(before.started);
    expect(after.usage).toBeLessThan(before.usage);
    expect(after.pids.length).toBeGreaterThan(0);
    expect(pids).toEqual(expect.arrayContaining(after.pids));
    expect(after.pids.some((pid) => before.pids.includes(pid))).toBe(false);
  });

  test('is not there meanwhile, and its files are let go of', async () => {
    const held = sources.files.held;
    await docker('stop', '-t', '0', container.id);
    const stopped = collect();
    expect(look(stopped, container)).toMatchObject({ containers: 0, pids: [], interfaces: [] });
    expect(stopped.collectors.map(({ success }) => success)).toEqual([true, true, true]);
    collect();
    expect(sources.files.held).toBeLessThan(held);
    await docker('start', container.id);
    expect(look(collect(), container)).toMatchObject({ containers: 1, name: container.name });
  });
});
