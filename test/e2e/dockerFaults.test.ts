import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fixtureMachine, settingsOf } from '../exporter/machine.ts';
import { type PrivateDockerd, startDockerd } from '../exporter/source/privateDockerd.ts';
import { startExporter } from '../support/exporter.ts';
import { docker } from '../support/fleet.ts';
import { holesOf, type MachineRun, recordMachine } from '../support/machineRun.ts';
import { describeWith, needs } from '../support/needs.ts';
import type { RunTables } from '../support/runFolder.ts';
import { median, scrapesOf } from '../support/scrapes.ts';
import { until } from '../support/until.ts';

const interval = 0.5;

interface Recorded {
  readonly dockerd: PrivateDockerd;
  readonly run: MachineRun;
  readonly folder: string;
}

/** A run over containers of a dockerd of the test's own, with `before` there from the start. */
async function record(): Promise<Recorded & { before: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-dockerd-'));
  const dockerd = await startDockerd(folder, '--live-restore');
  const before = await dockerd.run('before');
  const exporter = await startExporter({ DOCKER_HOST: dockerd.url, FROM_K8S: 'false' });
  const run = await recordMachine(exporter, settingsOf(fixtureMachine('v1')), interval);
  onTestFinished(async () => {
    await run.close();
    await exporter.stop();
  });
  await run.ticks(2);
  return { dockerd, run, folder, before };
}

async function end(folder: string, { url, stop }: PrivateDockerd): Promise<void> {
  const containers = (await docker('-H', url, 'ps', '-aq')).split('\n');
  await docker('-H', url, 'rm', '-f', ...containers);
  await stop();
  rmSync(folder, { recursive: true });
}

/** Every tick has the container, from its first one on, always by this name. */
function expectThroughout(tables: RunTables, id: string, name: string): void {
  const rows = tables.rows('container.csv').filter((row) => row['container_id'] === id.slice(0, 12));
  const ticks = scrapesOf(tables, 'machine').map((row) => row['timestamp'] ?? '');
  const first = rows[0]?.['timestamp'] ?? '';
  expect(rows.map((row) => row['timestamp'])).toEqual(ticks.filter((tick) => tick >= first));
  expect(new Set(rows.map((row) => row['container']))).toEqual(new Set([name]));
  const events = tables
    .rows('events.csv')
    .filter(({ target, subject }) => target === 'machine' && subject === id.slice(0, 12));
  expect(events.filter(({ kind }) => kind !== 'container_born')).toEqual([]);
}

function expectUndisturbed(tables: RunTables): void {
  for (const target of ['machine', 'other']) {
    expect([target, holesOf(tables, target)]).toEqual([target, []]);
    const seconds = scrapesOf(tables, target).map((row) => Number(row['collection_seconds']));
    expect(median(seconds)).toBeLessThan(0.1);
  }
}

describeWith([needs.root, needs.dockerd, needs.docker], 'in mid-run a dockerd', () => {
  test('that is stopped and started again costs no row, and names come again', async () => {
    const { dockerd, run, folder, before } = await record();
    await dockerd.stop();
    await run.ticks(6);
    const again = await startDockerd(folder, '--live-restore');
    const after = await again.run('after');
    await until('the new container has its name', () => run.has('container.csv', ',after,'));
    await run.ticks(2);
    const tables = await run.stop();
    expectThroughout(tables, before, 'before');
    expectUndisturbed(tables);
    const named = tables.rows('containers.csv').filter((row) => row['id'] === after);
    expect(named.map((row) => row['container'])).toEqual(['after']);
    await end(folder, again);
  });

  // oxlint-disable-next-line vitest/expect-expect -- what it calls expects
  test('that hangs delays no scrape, and names come when it goes on', async () => {
    const { dockerd, run, folder, before } = await record();
    process.kill(dockerd.pid, 'SIGSTOP');
    await run.ticks(10);
    process.kill(dockerd.pid, 'SIGCONT');
    const after = await dockerd.run('after');
    await until('the new container has its name', () => run.has('container.csv', ',after,'));
    await run.ticks(2);
    const tables = await run.stop();
    expectThroughout(tables, before, 'before');
    expectThroughout(tables, after, 'after');
    expect(scrapesOf(tables, 'machine').length).toBeGreaterThanOrEqual(14);
    expectUndisturbed(tables);
    await end(folder, dockerd);
  });

  test('that hangs from before the exporter starts delays it by 2 s, and no scrape', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubemon-dockerd-'));
    const dockerd = await startDockerd(folder);
    const id = await dockerd.run('before');
    process.kill(dockerd.pid, 'SIGSTOP');
    const exporter = await startExporter({ DOCKER_HOST: dockerd.url, FROM_K8S: 'false' });
    onTestFinished(async () => exporter.stop());
    const durations: number[] = [];
    for (let scrapes = 0; scrapes < 5; scrapes++) {
      const start = performance.now();
      const text = await exporter.scrape();
      durations.push(performance.now() - start);
      expect(text).toContain(`container="",container_id="${id.slice(0, 12)}"`);
    }
    expect(median(durations)).toBeLessThan(500);
    process.kill(dockerd.pid, 'SIGCONT');
    await until('it has its name', async () => (await exporter.scrape()).includes('container="before"'));
    await end(folder, dockerd);
  });
});
