import { linkSync, lstatSync, readdirSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prefix, tables } from '../../exporter/metrics/index.ts';
import { copyMachine, settingsOf } from '../exporter/machine.ts';
import { type RunningExporter, startExporter } from '../support/exporter.ts';
import { createKernelFaults, type KernelFault, type KernelFaults } from '../support/kernelFaults.ts';
import { describeWith, needs } from '../support/needs.ts';
import { type Labels, readExposition, type Sample, seriesKey } from '../support/series.ts';
import { until } from '../support/until.ts';

const { EACCES, EINTR, EIO, EMFILE, ENODEV, EOPNOTSUPP, ESRCH } = constants.errno;

/** Every errno with the word that tells of it. Whose folder is still there has not vanished. */
const reasons = [
  ['EIO', EIO, 'read_error'],
  ['ENODEV', ENODEV, 'read_error'],
  ['ESRCH', ESRCH, 'read_error'],
  ['EINTR', EINTR, 'read_error'],
  ['EMFILE', EMFILE, 'too_many_open_files'],
  ['EACCES', EACCES, 'permission_denied'],
  ['EOPNOTSUPP', EOPNOTSUPP, 'not_supported_by_kernel'],
] as const;

/** After these the exporter asks again at once; else within so many scrapes. */
const passing = new Set(['read_error', 'too_many_open_files']);
const patience = 16;

/** Of the metric table, by series; and why what is missing. */
interface Scrape {
  readonly samples: ReadonlyMap<string, Sample>;
  /** `metric reason` */
  readonly unavailable: ReadonlySet<string>;
  readonly collectors: readonly number[];
  readonly seconds: number;
  readonly residentBytes: number;
}

/** A file that an exporter reads of a machine made of files. */
interface ReadFile {
  readonly path: string;
  /** As the metric table calls it. */
  readonly name: string;
  /** Labels of what it tells of. */
  readonly subject: Labels;
}

describeWith([needs.compiler], 'a kernel file that fails', () => {
  describe.each([
    { version: 'v1', pid: '4101', member: '4db7eb6ab1f1' },
    { version: 'v2', pid: '3104', member: '71fdfbbd165a' },
  ] as const)('on a machine with cgroup $version', ({ version, pid, member }) => {
    const machine = copyMachine(version);
    let faults: KernelFaults;
    let exporter: RunningExporter;
    let whole: Scrape;
    let files: readonly ReadFile[];

    beforeAll(async () => {
      giveEachItsPath(join(machine, 'proc'));
      faults = createKernelFaults();
      exporter = await startExporter({ ...settingsOf(machine), ...faults.settings });
      await until('processes are shown', async () => (await exporter.scrape()).includes(`pid="${pid}"`));
      whole = await scrape();
      files = filesRead();
    });

    afterAll(async () => {
      await exporter.stop();
      faults.close();
      rmSync(machine, { recursive: true });
    });

    /** One of each kind: those that are held open, and those that are opened for each read. */
    function filesRead(): readonly ReadFile[] {
      const descriptors = `/proc/${exporter.pid}/fd`;
      const held = readdirSync(descriptors).map((number) => readlinkSync(join(descriptors, number)));
      const cgroupProcs = held
        .filter((path) => path.endsWith('/memory.stat') && path.includes(member))
        .map((path) => path.replace(/memory\.stat$/, 'cgroup.procs'));
      const opened = [...cgroupProcs, `${machine}/proc/${pid}/net/dev`];
      const kinds = new Map<string, ReadFile>();
      for (const path of [...held, ...opened]) {
        if (!path.startsWith(`${machine}/`)) continue;
        const file = describeFile(path, path.slice(machine.length));
        const isChosen = file.subject['pid'] === undefined || file.subject['pid'] === pid;
        const known = kinds.get(file.name);
        // A file of which something is shown is worth more than one without.
        if (isChosen && (known === undefined || neededBy(known).length === 0)) kinds.set(file.name, file);
      }
      return [...kinds.values()];
    }

    function describeFile(path: string, place: string): ReadFile {
      const [, ofProcess] = /^\/proc\/(\d+)\//.exec(place) ?? [];
      const [, device] = /^\/sys\/block\/(.*)\/stat$/.exec(place) ?? [];
      const [, id] = /([0-9a-f]{12})[0-9a-f]{52}/.exec(place) ?? [];
      if (place === '/proc/1/net/dev') return { path, name: place, subject: {} };
      if (ofProcess !== undefined) {
        return {
          path,
          name: place.replace(ofProcess, 'PID'),
          subject: { pid: ofProcess, container_id: member },
        };
      }
      if (device !== undefined) return { path, name: '/sys/block/DEV/stat', subject: { device } };
      if (id === undefined) return { path, name: place, subject: {} };
      const name = basename(path).replace(/^blkio\.(throttle|bfq)\.(\w+?)(_recursive)?$/, 'blkio.$2');
      return { path, name, subject: { container_id: id } };
    }

    async function scrape(): Promise<Scrape> {
      const start = performance.now();
      const samples = readExposition(await exporter.scrape());
      const ours = samples.filter(({ name }) => /^kubemon_(node|container|process)_(?!info$)/.test(name));
      return {
        samples: new Map(ours.map((sample) => [seriesKey(sample.name, sample.labels), sample])),
        unavailable: new Set(
          samples
            .filter(({ name }) => name === 'kubemon_exporter_unavailable')
            .map(({ labels }) => `${labels['metric']} ${labels['reason']}`),
        ),
        collectors: samples
          .filter(({ name }) => name === 'kubemon_exporter_collector_success')
          .map(({ value }) => value),
        seconds: (performance.now() - start) / 1000,
        residentBytes:
          samples.find(({ name }) => name === 'process_resident_memory_bytes')?.value ?? Number.NaN,
      };
    }

    /** What is shown of a file itself. */
    function neededBy({ name: file, subject }: ReadFile): readonly Sample[] {
      const names = new Set(
        tables.flatMap(({ scope, metrics }) =>
          metrics
            .filter(({ source }) => source[version]?.[0] === file)
            .map(({ name }) => prefix(scope) + name),
        ),
      );
      const labels = Object.entries(subject);
      return [...whole.samples.values()].filter(
        (sample) =>
          names.has(sample.name) && labels.every(([label, value]) => sample.labels[label] === value),
      );
    }

    /** Whether a sample may be missing without a file: what it shows, and what is made of that. */
    function mayNeed({ name: sample, labels }: Sample, file: ReadFile): boolean {
      if (neededBy(file).some((other) => other.name === sample && other.labels['pid'] === labels['pid']))
        return true;
      const isOfContainer = labels['container_id'] === file.subject['container_id'];
      const derived: Readonly<Record<string, RegExp>> = {
        '/proc/PID/stat': new RegExp(
          labels['pid'] === file.subject['pid']
            ? '^kubemon_process_'
            : '^kubemon_container_start_time_seconds$',
        ),
        '/proc/PID/net/dev': /^kubemon_(container|process)_network_/,
        'cgroup.procs': /^kubemon_(process_|container_network_|container_start_time_seconds$)/,
        'cpu.max': /^kubemon_container_cpu_limit_cores$/,
        'cpu.cfs_quota_us': /^kubemon_container_cpu_limit_cores$/,
        'cpu.cfs_period_us': /^kubemon_container_cpu_limit_cores$/,
        'memory.stat': /^kubemon_container_memory_working_set_bytes$/,
        'memory.current': /^kubemon_container_memory_working_set_bytes$/,
        'memory.usage_in_bytes': /^kubemon_container_memory_working_set_bytes$/,
      };
      return isOfContainer && (derived[file.name]?.test(sample) ?? false);
    }

    /** A stat and a cgroup.procs without a process in them tell that a process, or a whole container, has ended. */
    function mayEnd({ labels }: Sample, file: ReadFile, { where, what }: Omit<KernelFault, 'path'>): boolean {
      const { name, subject } = file;
      const tellsOfLife = name === '/proc/PID/stat' || name === 'cgroup.procs';
      const isEmpty = where === 'content' || isThreaded(file, what);
      return isEmpty && tellsOfLife && labels['container_id'] === subject['container_id'];
    }

    /** Scrapes with a fault: what is lost by it. Nothing else may be, and nothing may be there that is not true. */
    async function lostBy(
      file: ReadFile,
      fault: Omit<KernelFault, 'path'>,
    ): Promise<Scrape & { lost: readonly Sample[] }> {
      faults.set({ ...fault, path: file.path });
      const broken = await scrape();
      faults.set();
      const lost = [...whole.samples].flatMap(([key, sample]) => (broken.samples.has(key) ? [] : [sample]));
      const untrue = [...broken.samples].flatMap(([key, sample]) =>
        whole.samples.get(key)?.value === sample.value || mayEnd(sample, file, fault) ? [] : [sample],
      );
      expect({
        ...fault,
        file: file.path,
        untrue,
        collectors: broken.collectors,
        others: lost.filter((sample) => !mayNeed(sample, file) && !mayEnd(sample, file, fault)),
      }).toEqual({ ...fault, file: file.path, untrue: [], collectors: [1, 1, 1], others: [] });
      return { ...broken, lost };
    }

    async function expectHealed(scrapes = 1): Promise<void> {
      for (let count = 1; count < scrapes; count++) await exporter.scrape();
      const { samples, unavailable } = await scrape();
      expect([...samples.keys()].toSorted()).toEqual([...whole.samples.keys()].toSorted());
      expect(unavailable).toEqual(whole.unavailable);
    }

    test('is tried with every kind of file that the metric table names and this machine has', () => {
      const named = tables.flatMap(({ metrics }) =>
        metrics.flatMap(({ source }) => source[version]?.[0] ?? []),
      );
      const tried = new Set(files.map(({ name }) => name));
      const missing = new Set(named.filter((name) => name !== 'computed' && !tried.has(name)));
      expect([...missing]).toEqual(['raw_syscalls:sys_enter']);
    });

    test.each(reasons)(
      'with %s costs what is read of it alone, and the reason is told',
      { timeout: 300_000 },
      async (_, errno, reason) => {
        for (const file of files) {
          for (const where of ['open', 'read'] as const) {
            // What is open is not opened again.
            if (where === 'open' && !/cgroup\.procs|PID\/net\/dev/.test(file.name)) continue;
            // Which libuv asks again by itself, for ever.
            if (where === 'open' && errno === EINTR) continue;
            const { lost, unavailable } = await lostBy(file, { where, what: errno });
            expect(lost, `${where} ${file.path}`).toEqual(expect.arrayContaining([...neededBy(file)]));
            if (isThreaded(file, errno)) continue;
            expect(lost.filter(({ name }) => !unavailable.has(`${name} ${reason}`))).toEqual([]);
            await expectHealed(passing.has(reason) ? 1 : patience);
          }
        }
      },
    );

    // oxlint-disable-next-line vitest/expect-expect -- lostBy expects
    test('in pieces of 7 bytes', async () => {
      for (const file of files) {
        const { residentBytes } = await lostBy(file, { where: 'piece', what: 7 });
        expect(residentBytes).toBeLessThan(whole.residentBytes + 100e6);
      }
      await expectHealed();
    });

    test.each([
      ['nothing', ''],
      ['garbage', 'a) ( b:\n\0\u00ff=,"\t%s : -\n'.repeat(200)],
      ['one word of 10 MB', `${'9'.repeat(10_000_000)}\n`],
      ['10 MB of lines', '8:0 (what) is = this:\n'.repeat(450_000)],
      ['20 MB', '\n'.repeat(20_000_000)],
    ])('with %s in it', { timeout: 300_000 }, async (_, text) => {
      const content = join(machine, 'content');
      writeFileSync(content, text);
      for (const file of files) {
        const { seconds, residentBytes } = await lostBy(file, { where: 'content', what: content });
        expect(seconds).toBeLessThan(5);
        expect(residentBytes).toBeLessThan(whole.residentBytes + 100e6);
        await expectHealed();
      }
    });
  });
});

/** Links become hard links: as in procfs, one namespace's net/dev is found under every process of it. */
function giveEachItsPath(procfs: string): void {
  for (const pid of readdirSync(procfs).filter((name) => /^\d+$/.test(name))) {
    const path = join(procfs, pid, 'net/dev');
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) continue;
    const target = realpathSync(path);
    rmSync(path);
    linkSync(target, path);
  }
}

/** So a threaded cgroup answers: it is the cgroup above it that lists its processes. */
function isThreaded({ name }: ReadFile, what: number | string): boolean {
  return name === 'cgroup.procs' && what === EOPNOTSUPP;
}
