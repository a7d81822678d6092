import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prefix } from '../../exporter/metrics/index.ts';
import { processTable } from '../../exporter/metrics/process.ts';
import type { CheckReport } from '../../exporter/checkReport.ts';
import { disagreements } from '../support/bracket.ts';
import { type BusyFleet, startBusyFleet } from '../support/busyFleet.ts';
import { freePort } from '../support/freePort.ts';
import { readKernel } from '../support/kernel/index.ts';
import { describeWith, needs } from '../support/needs.ts';
import { copyProductionModules } from '../support/productionModules.ts';
import { readExposition, type Readings, type Sample, tableReadings } from '../support/series.ts';
import { answers, until } from '../support/until.ts';

/** nobody: without a group that Docker's socket is open to. */
const ordinary = { uid: 65534, gid: 65534 };
const run = promisify(execFile);

function nodeForAll(): string | undefined {
  return spawnSync(process.execPath, ['--version'], ordinary).status === 0
    ? undefined
    : `an ordinary user may not run ${process.execPath}`;
}

/** What only root may read of the processes of others. */
const forbidden = processTable.metrics
  .filter(({ source }) => source.v2?.[0] === '/proc/PID/io')
  .map(({ name }) => prefix('process') + name);

interface Seen {
  readonly before: Readings;
  readonly samples: readonly Sample[];
  readonly after: Readings;
  readonly log: string;
}

describeWith([needs.root, needs.docker, nodeForAll], 'an exporter that an ordinary user runs', () => {
  let kubemon: string;
  let busy: BusyFleet;
  let seen: Seen;
  beforeAll(async () => {
    kubemon = installForAll();
    busy = await startBusyFleet('ordinary');
    seen = await look(join(kubemon, command), busy);
  });
  afterAll(async () => {
    await busy.fleet.remove();
    rmSync(kubemon, { recursive: true });
  });

  test('shows of the node, containers and processes what root reads there; no 0 stands for what it cannot read', () => {
    const [before, after] = [permitted(seen.before), permitted(seen.after)];
    // Other containers, and processes that live too briefly for both readings, are not compared.
    const known = new Set([...before.keys(), ...after.keys()].map(processOrContainer));
    const ours = new Map(
      [...tableReadings(seen.samples)].filter(([series]) => known.has(processOrContainer(series))),
    );
    const quiet = new Set(busy.quiet.map(({ id }) => id.slice(0, 12)));
    expect(before.size).toBeGreaterThan(500);
    expect(disagreements(before, ours, after, quiet)).toEqual([]);
  });

  test('shows the processes of all containers, without their I/O', () => {
    const shown = new Set(
      seen.samples.filter(({ name }) => name === 'kubemon_process_threads').map(container),
    );
    expect(busy.containers.filter(({ id }) => !shown.has(id.slice(0, 12)))).toEqual([]);
    expect(seen.samples.filter(({ name }) => forbidden.includes(name))).toEqual([]);
    expect([...seen.before.keys()].some((series) => series.startsWith('kubemon_process_io_'))).toBe(true);
  });

  test('says why: the kernel does not permit it', () => {
    expect(forbidden).toHaveLength(7);
    expect(
      seen.samples
        .filter(({ name, labels }) => name === reasonMetric && labels['reason'] === 'permission_denied')
        .map(({ labels }) => labels['metric'] ?? '')
        .toSorted(),
    ).toEqual(forbidden.toSorted());
  });

  test('shows containers at once and without names, since Docker does not talk to this user', () => {
    const ids = new Set(busy.containers.map(({ id }) => id));
    const infos = seen.samples.filter(
      ({ name, labels }) => name === 'kubemon_container_info' && ids.has(labels['id'] ?? ''),
    );
    expect(infos).toHaveLength(busy.containers.length);
    for (const { labels } of infos) {
      expect(labels).toMatchObject({ namespace: '', pod: '', container: '', image: '', runtime: 'docker' });
    }
    expect(seen.log).toMatch(/The exporter's user may not open unix:/);
  });

  test('kubemon check says the same, with what to do about it', async () => {
    const { stdout } = await run(process.execPath, [join(kubemon, command), 'check'], ordinary);
    expect(stdout).toMatch(/^Names of containers: not known\. The exporter's user may not open unix:/m);
    expect(stdout).toContain(`
permission_denied, 7 metrics
  The kernel does not let the exporter read this.
  What to do: Run the exporter as root, or give it the capabilities SYS_PTRACE and DAC_READ_SEARCH; in a container also AppArmor "unconfined".
    ${forbidden.join('\n    ')}
`);
    const json = await run(process.execPath, [join(kubemon, command), 'check', '--json'], ordinary);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the next lines show that it is one
    const report = JSON.parse(json.stdout) as CheckReport;
    expect(report.names.available).toBe(false);
    expect(report.scopes.map(({ scope }) => scope)).toEqual(['node', 'container', 'process']);
    expect(report.missing.find(({ reason }) => reason === 'permission_denied')?.metrics).toEqual(forbidden);
  });

  test('says so where procfs hides the processes of others', async () => {
    const procfs = mountHiding(kubemon);
    try {
      const settings = { env: { ...process.env, PROCFS_PATH: procfs } };
      const check = [join(kubemon, command), 'check', '--json'];
      const { stdout } = await run(process.execPath, check, { ...ordinary, ...settings });
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the next lines show that it is one
      const report = JSON.parse(stdout) as CheckReport;
      const [, containers, processes] = report.scopes;
      expect(containers?.found).toBeGreaterThanOrEqual(busy.containers.length);
      expect(processes?.read).toBe(0);
      const denied = report.missing.find(({ reason }) => reason === 'permission_denied')?.metrics ?? [];
      expect(denied).toEqual(
        expect.arrayContaining([
          'kubemon_process_threads',
          'kubemon_process_start_time_seconds',
          'kubemon_process_memory_resident_bytes',
          'kubemon_process_network_receive_bytes_total',
          'kubemon_container_start_time_seconds',
          'kubemon_container_network_receive_bytes_total',
          'kubemon_node_network_receive_bytes_total',
        ]),
      );
      const others = report.missing.filter(({ reason }) => reason === 'not_supported_by_kernel');
      expect(others.flatMap(({ metrics }) => metrics.filter((metric) => denied.includes(metric)))).toEqual(
        [],
      );
    } finally {
      execFileSync('umount', [procfs]);
    }
  });
});

const reasonMetric = 'kubemon_exporter_unavailable';
const command = 'dist/recorder/cli/main.js';

/** A copy of what is built, with the packages that it needs: the checkout may be closed to others. */
function installForAll(): string {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-ordinary-'));
  for (const path of ['package.json', 'dist']) {
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  copyProductionModules(folder);
  execFileSync('chmod', ['-R', 'a+rX', folder]);
  return folder;
}

/** A procfs that shows to its user only the processes of this user. */
function mountHiding(folder: string): string {
  const procfs = mkdtempSync(join(folder, 'proc-'));
  chmodSync(procfs, 0o755);
  execFileSync('mount', ['-t', 'proc', '-o', 'hidepid=2', 'proc', procfs]);
  return procfs;
}

/** One scrape, between two readings that root makes. */
async function look(path: string, busy: BusyFleet): Promise<Seen> {
  const address = `127.0.0.1:${await freePort()}`;
  const flags = ['--listen-address', '127.0.0.1', '--monitor-port', address.split(':')[1] ?? ''];
  const all = ['--disk-exclude', '^$', '--network-exclude', '^$', '--log-level', 'info'];
  const exporter = spawn(process.execPath, [path, 'exporter', ...flags, ...all], {
    ...ordinary,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  exporter.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const ended = once(exporter, 'close');
  const url = `http://${address}/metrics`;
  const scrape = async () => readExposition(await (await fetch(url)).text());
  const ids = busy.containers.map(({ id }) => id);
  try {
    await until(`the exporter answers at ${url}`, () => {
      if (exporter.exitCode !== null) throw new Error(`The exporter has ended: ${log}`);
      return answers(url);
    });
    await until('all containers are shown', async () => {
      const shown = new Set((await scrape()).map(({ labels }) => labels['id']));
      return ids.every((id) => shown.has(id));
    });
    const before = readKernel(ids);
    const samples = await scrape();
    return { before, samples, after: readKernel(ids), log };
  } finally {
    exporter.kill('SIGTERM');
    await ended;
  }
}

/** Without what this user cannot read. */
function permitted(readings: Readings): Readings {
  return new Map([...readings].filter(([series]) => !forbidden.includes(series.split(' ')[0] ?? '')));
}

/** What a series is about; nothing for those of the node. */
function processOrContainer(series: string): string {
  return / container_id=\w+(?: pid=\d+)?/.exec(series)?.[0] ?? '';
}

function container({ labels }: Sample): string {
  return labels['container_id'] ?? '';
}
