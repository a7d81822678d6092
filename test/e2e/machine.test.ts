import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { fixtureMachine, settingsOf } from '../exporter/machine.ts';
import { type RunningExporter, startExporter } from '../support/exporter.ts';
import { createFleet, docker } from '../support/fleet.ts';
import { freePort } from '../support/freePort.ts';
import { createKernelFaults } from '../support/kernelFaults.ts';
import { holesOf, type MachineRun, recordMachine, sizeOf } from '../support/machineRun.ts';
import { median, scrapesOf } from '../support/scrapes.ts';
import { describeWith, needs } from '../support/needs.ts';
import type { CsvRow, RunTables } from '../support/runFolder.ts';
import { readExposition, type Sample } from '../support/series.ts';
import { createCgroups, type StandIn, startStandIn } from '../support/standIn.ts';
import { until } from '../support/until.ts';

const other = settingsOf(fixtureMachine('v1'));

async function record(exporter: RunningExporter, interval: number): Promise<MachineRun> {
  const run = await recordMachine(exporter, other, interval);
  onTestFinished(async () => run.close());
  return run;
}

function eventsOf(tables: RunTables): readonly CsvRow[] {
  return tables.rows('events.csv').filter(({ target }) => target === 'machine');
}

async function exporterHere(settings: Readonly<Record<string, string>> = {}): Promise<RunningExporter> {
  const exporter = await startExporter({ FROM_K8S: 'false', ...settings });
  onTestFinished(async () => exporter.stop());
  return exporter;
}

/** Without anybody to ask for names, a container is shown at once. */
const nameless = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };

async function standIn(): Promise<StandIn> {
  const made = await startStandIn();
  onTestFinished(async () => made.end());
  return made;
}

function samplesOf(text: string, { id }: StandIn): readonly Sample[] {
  return readExposition(text).filter(({ labels }) => labels['container_id'] === id.slice(0, 12));
}

function successes(text: string): readonly number[] {
  return readExposition(text)
    .filter(({ name }) => name === 'kubemon_exporter_collector_success')
    .map(({ value }) => value);
}

const lastPid = '/proc/sys/kernel/ns_last_pid';
const canChoosePids = () => (existsSync(lastPid) ? undefined : `there is no ${lastPid}`);

/** Starts processes until one has this pid, which was another's. */
async function startAs(pid: number): Promise<ChildProcess> {
  for (let attempt = 0; attempt < 2000; attempt++) {
    writeFileSync(lastPid, String(pid - 1));
    const child = spawn('tail', ['-f', '/dev/null'], { stdio: 'ignore' });
    await once(child, 'spawn');
    if (child.pid === pid) return child;
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  throw new Error(`Nobody was given the pid ${pid}: the machine starts too many processes.`);
}

describeWith([needs.root, canChoosePids], 'a pid that is given to another process between two ticks', () => {
  test('is another process: one died, one was born, and nothing is inherited', async () => {
    const cgroup = await standIn();
    const folders = createCgroups(cgroup.id);
    const join = (pid: number) =>
      folders.forEach((folder) => writeFileSync(`${folder}/cgroup.procs`, String(pid)));
    const first = spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' });
    await once(first, 'spawn');
    const pid = first.pid ?? Number.NaN;
    join(pid);
    const exporter = await exporterHere(nameless);
    const run = await record(exporter, 1);
    await until('the first is recorded', () => run.has('process.csv', `,${pid},sh,`));
    await run.ticks(2);
    first.kill('SIGKILL');
    await once(first, 'close');
    const second = await startAs(pid);
    onTestFinished(async () => {
      second.kill('SIGKILL');
      await once(second, 'close');
    });
    join(pid);
    await until('the second is recorded', () => run.has('process.csv', `,${pid},tail,`));
    await run.ticks(1);
    const tables = await run.stop();

    const rows = tables.rows('process.csv').filter((row) => row['pid'] === String(pid));
    const starts = [...new Set(rows.map((row) => row['start_time_seconds']))];
    const [before = [], after = [], ...more] = starts.map((start) =>
      rows.filter((row) => row['start_time_seconds'] === start),
    );
    expect(more).toEqual([]);
    expect([before, after].map((life) => [...new Set(life.map((row) => row['comm']))])).toEqual([
      ['sh'],
      ['tail'],
    ]);
    expect(Number(before.at(-1)?.['cpu_user_seconds_total'])).toBeGreaterThan(0.3);
    expect(Number(after[0]?.['cpu_user_seconds_total'])).toBeLessThan(0.1);
    const told = eventsOf(tables).filter((row) => row['subject'] === `${cgroup.id.slice(0, 12)}/${pid}`);
    expect(told.map((row) => [row['kind'], row['detail']])).toEqual([
      ['process_died', `Process sh (pid ${pid}) is gone.`],
      ['process_born', `Process tail (pid ${pid}) is new.`],
    ]);
  });
});

describeWith([needs.root, needs.compiler, canChoosePids], 'in the middle of a scrape', () => {
  test('a pid that is given to another process has no row of both', async () => {
    const faults = createKernelFaults();
    const cgroup = await standIn();
    const exporter = await exporterHere({ ...nameless, ...faults.settings });
    await until('it is shown', async () => samplesOf(await exporter.scrape(), cgroup).length > 0);
    const first = spawn('sleep', ['1000'], { stdio: 'ignore' });
    await once(first, 'spawn');
    const pid = first.pid ?? Number.NaN;
    const folders = createCgroups(cgroup.id);
    for (const folder of folders) writeFileSync(`${folder}/cgroup.procs`, String(pid));
    // Its stat has been read, its statm is about to be opened.
    faults.set({ path: `/proc/${pid}/statm`, where: 'open', what: 'wait' });
    const scrape = exporter.scrape();
    await until('the scrape waits', () => faults.waits());
    first.kill('SIGKILL');
    await once(first, 'close');
    const second = await startAs(pid);
    onTestFinished(async () => {
      second.kill('SIGKILL');
      await once(second, 'close');
      faults.close();
    });
    faults.set();
    const text = await scrape;
    expect(successes(text)).toEqual([1, 1, 1]);
    const samples = samplesOf(text, cgroup);
    expect(samples.filter(({ labels }) => labels['pid'] === String(pid))).toEqual([]);
    expect(samples.filter(({ labels }) => labels['pid'] === String(cgroup.pid)).length).toBeGreaterThan(10);
  });

  test.each([
    ['between its folder and its processes', 'open', 'cgroup.procs'],
    ['between its processes and its files', 'open', 'memory.stat'],
    ['between two of its files', 'open', 'pids.current'],
  ] as const)('a cgroup that is removed %s is not there, and costs nobody else', async (_, where, file) => {
    const faults = createKernelFaults();
    const stays = await standIn();
    const exporter = await exporterHere({ ...nameless, ...faults.settings });
    await until('one is shown', async () => samplesOf(await exporter.scrape(), stays).length > 0);
    const whole = samplesOf(await exporter.scrape(), stays).map(({ name }) => name);
    const goes = await standIn();
    faults.set({ path: `/sys/fs/cgroup/*/${goes.id}/${file}`, where, what: 'wait' });
    const scrape = exporter.scrape();
    await until('the scrape waits', () => faults.waits());
    await goes.end();
    faults.set();
    const text = await scrape;
    expect(successes(text)).toEqual([1, 1, 1]);
    expect(samplesOf(text, goes)).toEqual([]);
    expect(samplesOf(text, stays).map(({ name }) => name)).toEqual(whole);
    expect(text).not.toContain('read_error');
    expect(samplesOf(await exporter.scrape(), goes)).toEqual([]);
    faults.close();
  });
});

describeWith([needs.root], 'cgroups that are made and removed in a loop beside the scrapes', () => {
  test('cost nothing, and nothing of them stays', async () => {
    const stays = await standIn();
    const exporter = await exporterHere(nameless);
    await until('one is shown', async () => samplesOf(await exporter.scrape(), stays).length > 0);
    const whole = samplesOf(await exporter.scrape(), stays).map(({ name }) => name);
    const before = sizeOf(exporter.pid);
    const ended = new AbortController();
    let made = 0;
    const loop = (async () => {
      for (; !ended.signal.aborted; made++) await (await startStandIn()).end();
    })();
    for (let scrapes = 0; scrapes < 100; scrapes++) {
      const text = await exporter.scrape();
      expect(successes(text)).toEqual([1, 1, 1]);
      expect(samplesOf(text, stays).map(({ name }) => name)).toEqual(whole);
      expect(text).not.toContain('read_error');
    }
    ended.abort();
    await loop;
    expect(made).toBeGreaterThan(5);
    await exporter.scrape();
    await exporter.scrape();
    expect(sizeOf(exporter.pid).descriptors).toBeLessThanOrEqual(before.descriptors + 10);
  });
});

describeWith([needs.root, needs.docker], 'a fork bomb in a container at its pids limit', () => {
  test('costs its neighbours no row, and the exporter little memory', async () => {
    const fleet = createFleet('bomb');
    onTestFinished(async () => fleet.remove());
    const calm = await fleet.start('calm', 'sleep 1000000');
    const exporter = await exporterHere();
    const run = await record(exporter, 1);
    await until('the calm one is shown', () => run.has('container.csv', calm.name));
    await run.ticks(2);
    const before = { exporter: sizeOf(exporter.pid), recorder: sizeOf(run.recorderPid) };
    const bomb = await fleet.start(
      'bomb',
      bombed,
      '--pids-limit',
      '200',
      '--cpus',
      '0.5',
      '--network',
      'none',
    );
    await until('it goes off', async () => Number(await pids(exporter, bomb.id)) > 90);
    await run.ticks(8);
    const most = { exporter: sizeOf(exporter.pid), recorder: sizeOf(run.recorderPid) };
    await docker('kill', bomb.id);
    await run.ticks(2);
    const tables = await run.stop();

    expectWhole(tables, calm.id);
    const pidsRead = tables
      .rows('container.csv')
      .filter((row) => row['container_id'] === bomb.id.slice(0, 12));
    expect(Math.max(...pidsRead.map((row) => Number(row['pids'])))).toBeLessThanOrEqual(200);
    const incomplete = tables
      .rows('process.csv')
      .filter(
        (row) =>
          row['start_time_seconds'] === '' || row['memory_size_bytes'] === '' || row['io_reads_total'] === '',
      );
    expect(incomplete).toEqual([]);
    const seconds = scrapesOf(tables, 'machine').map((row) => Number(row['collection_seconds']));
    expect(median(seconds)).toBeLessThan(0.3);
    expect(most.exporter.resident - before.exporter.resident).toBeLessThan(60e6);
    expect(most.recorder.resident - before.recorder.resident).toBeLessThan(100e6);
    // Three files a process, of this scrape and of the last, and those of one container.
    expect(most.exporter.descriptors - before.exporter.descriptors).toBeLessThan(2 * 200 * 3 + 50);
    expect(most.recorder.descriptors).toBeLessThanOrEqual(before.recorder.descriptors + 5);
  });
});

/** Shells that do nothing but fork, as many as the limit lets be; the shell that made them ends at the first refusal. */
const bombed = '(while :; do (while :; do /bin/true; done) & done) 2>/dev/null & exec sleep 1000000';

async function pids(exporter: RunningExporter, id: string): Promise<number | undefined> {
  return readExposition(await exporter.scrape()).find(
    ({ name, labels }) => name === 'kubemon_container_pids' && labels['container_id'] === id.slice(0, 12),
  )?.value;
}

/** Both targets answered, and a container has a row of every answer from its first on. */
function expectWhole(tables: RunTables, id: string): void {
  for (const target of ['machine', 'other']) {
    const holes = holesOf(tables, target);
    expect(holes.filter((hole) => !/ (timeout|busy|late)/.test(hole))).toEqual([]);
    expect(holes.length).toBeLessThanOrEqual(scrapesOf(tables, target).length / 4);
  }
  const up = scrapesOf(tables, 'machine').filter((row) => row['up'] === '1');
  const rows = tables.rows('container.csv').filter((row) => row['container_id'] === id.slice(0, 12));
  const first = rows[0]?.['timestamp'] ?? '';
  expect(rows.map((row) => row['timestamp'])).toEqual(
    up.map((row) => row['timestamp'] ?? '').filter((tick) => tick >= first),
  );
}

describeWith([needs.root], 'an exporter that is killed in mid-run and started again', () => {
  test('counts on: no reset, no birth, no death, the ticks between are told', async () => {
    const cgroup = await standIn();
    const port = String(await freePort());
    const first = await startExporter({ ...nameless, MONITOR_PORT: port });
    const run = await record(first, 0.5);
    await until('the container is shown', () => run.has('container.csv', cgroup.id.slice(0, 12)));
    await run.ticks(3);
    process.kill(first.pid, 'SIGKILL');
    await run.ticks(3);
    const second = await startExporter({ ...nameless, MONITOR_PORT: port });
    onTestFinished(async () => second.stop());
    await run.ticks(4);
    const tables = await run.stop();

    expect(holesOf(tables, 'other')).toEqual([]);
    const scrapes = scrapesOf(tables, 'machine');
    const missed = scrapes.filter((row) => row['up'] !== '1');
    expect(missed.length).toBeGreaterThanOrEqual(2);
    expect(missed.every((row) => row['error'] !== '')).toBe(true);
    const ofOurs = eventsOf(tables).filter(
      (row) => row['kind'] === 'reset' || row['subject']?.startsWith(cgroup.id.slice(0, 12)),
    );
    expect(ofOurs).toEqual([]);
    const starts = tables
      .rows('process.csv')
      .filter((row) => row['pid'] === String(cgroup.pid))
      .map((row) => row['start_time_seconds']);
    expect(starts).toHaveLength(scrapes.length - missed.length - missedBefore(tables, cgroup));
    expect(new Set(starts).size).toBe(1);
    expect(tables.rows('containers.csv').filter((row) => row['id'] === cgroup.id)).toHaveLength(1);
    expect(tables.manifest.verdict.reasons.join('\n')).toMatch(/machine/);
    expect(tables.manifest.verdict.verdict).not.toBe('valid');
  });
});

/** Answers before the container was shown first. */
function missedBefore(tables: RunTables, { id }: StandIn): number {
  const first =
    tables.rows('container.csv').find((row) => row['container_id'] === id.slice(0, 12))?.['timestamp'] ?? '';
  return scrapesOf(tables, 'machine').filter((row) => row['up'] === '1' && (row['timestamp'] ?? '') < first)
    .length;
}
