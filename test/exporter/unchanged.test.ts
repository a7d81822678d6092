import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { array, assert, boolean, constantFrom, dictionary, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { createCollect } from '../../exporter/collect.ts';
import { createExposition } from '../../exporter/exposition.ts';
import { processTable } from '../../exporter/metrics/process.ts';
import { labels, type Labels, type Row, type Snapshot } from '../../exporter/snapshot.ts';
import { copyMachine, openMachine } from './machine.ts';

const sizes = { pageSize: 4096, clockTicks: 100 };

function text(render: ReturnType<typeof createExposition>, snapshot: Snapshot): string {
  return render(snapshot, 'text').join('');
}

test('what stood still since the last rendering is shown as it would be the first time', () => {
  const pids = ['1', '2', '3', '40', '500'];
  const value = constantFrom(undefined, 0, 7, 123, 456, 789, 2n ** 60n);
  const process = record({ utime: value, resident: value, isNew: boolean(), isRenamed: boolean() });
  const moments = array(dictionary(constantFrom(...pids), process), { maxLength: 8 });
  assert(
    property(moments, (steps) => {
      const render = createExposition('v1', sizes);
      const overwriting = createExposition('v1', sizes);
      const last = new Map<string, Row>();
      const names = new Map<string, Labels>();
      for (const step of steps) {
        const rows = Object.entries(step).map(([pid, { utime, resident, isNew, isRenamed }]): Row => {
          const known = isRenamed ? undefined : names.get(pid);
          const identity = known ?? labels(processTable.labels, ['', '', '', '', pid, 's h']);
          names.set(pid, identity);
          const before = last.get(pid);
          const isSame =
            !isNew &&
            before?.labels === identity &&
            before.readings['/proc/PID/stat']?.['utime'] === utime &&
            before.readings['/proc/PID/statm']?.['resident'] === resident;
          const row = isSame
            ? before
            : {
                labels: identity,
                readings: { '/proc/PID/stat': { utime }, '/proc/PID/statm': { resident } },
              };
          last.set(pid, row);
          return row;
        });
        const snapshot = { ...nothing, tables: [{ table: processTable, rows }] };
        const expected = text(createExposition('v1', sizes), snapshot);
        expect(text(render, snapshot)).toBe(expected);
        expect(overwriting(snapshot, 'text', false).join('')).toBe(expected);
      }
    }),
    { numRuns: 500 },
  );
});

test('what was given out before is not changed by what comes later', () => {
  const render = createExposition('v1', sizes);
  const row = (utime: number): Row => ({
    labels: labels(processTable.labels, ['', '', '', '', '1', 'sh']),
    readings: { '/proc/PID/stat': { utime } },
  });
  const first = render({ ...nothing, tables: [{ table: processTable, rows: [row(100)] }] }, 'text');
  const before = first.join('');
  render({ ...nothing, tables: [{ table: processTable, rows: [row(200)] }] }, 'text');
  expect(first.join('')).toBe(before);
});

test.each(['v1', 'v2'] as const)(
  'an exporter that has run for long shows a %s machine as one that starts now',
  async (version) => {
    const folder = copyMachine(version);
    const old = await openMachine(folder);
    const collect = createCollect(old);
    const render = createExposition(version, old.machine);
    text(render, collect());

    async function expectTheSame(): Promise<void> {
      const fresh = await openMachine(folder);
      const expected = text(createExposition(version, fresh.machine), createCollect(fresh)());
      fresh.close();
      expect(text(render, collect())).toBe(expected);
    }

    const changes: readonly (() => void)[] = [
      () => {},
      // One more digit each, of all processes.
      () => {
        for (const path of filesOf(folder, 'statm')) rewrite(path, (statm) => statm.replace(' ', '1 '));
      },
      () => {
        for (const path of filesOf(folder, 'io'))
          rewrite(path, (io) => io.replace(/rchar: (\d+)/, 'rchar: 5$1'));
      },
      () => {
        for (const path of filesOf(folder, 'net/dev')) appendFileSync(path, `  new0: 5${' 1'.repeat(15)}\n`);
      },
      // The first process of each container ends.
      () => {
        for (const path of memberLists(join(folder, 'sys/fs/cgroup')))
          rewrite(path, (pids) => pids.replace(/^\d+\n/, ''));
      },
      () => {},
    ];
    for (const change of changes) {
      change();
      await expectTheSame();
    }
    old.close();
    rmSync(folder, { recursive: true });
  },
);

test('an interface has the same labels object for as long as it is there', async () => {
  const folder = copyMachine('v2');
  const sources = await openMachine(folder);
  const collect = createCollect(sources);
  const path = join(folder, 'proc/1/net/dev');
  const first = readFileSync(path, 'utf8');
  const shown = () => {
    const { rows } = collect().tables.find(({ table }) => table.name === 'node_network') ?? { rows: [] };
    return rows.map(({ labels: identity }) => identity);
  };
  const before = shown();
  expect(before.map(({ values }) => values.join('/'))).toContain('lo');
  const more = `${first}  new0: 5${' 1'.repeat(15)}\n`;
  writeFileSync(path, more);
  const after = shown();
  expect(after).toHaveLength(before.length + 1);
  for (const [at, each] of before.entries()) expect(after[at]).toBe(each);
  writeFileSync(path, first);
  shown();
  writeFileSync(path, more);
  expect(shown().at(-1)).toEqual(after.at(-1));
  expect(shown().at(-1)).not.toBe(after.at(-1));
  sources.close();
  rmSync(folder, { recursive: true });
});

const nothing: Snapshot = {
  collectedAt: 0,
  seconds: 0,
  tables: [],
  infos: [],
  collectors: [],
  unavailable: [],
};

/** A file of every process that the machine has. */
function filesOf(folder: string, name: string): readonly string[] {
  const proc = join(folder, 'proc');
  return readdirSync(proc)
    .filter((entry) => /^\d+$/.test(entry) && entry !== '1')
    .map((pid) => join(proc, pid, name))
    .filter((path) => existsSync(path));
}

function memberLists(tree: string): readonly string[] {
  return readdirSync(tree, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('cgroup.procs'))
    .map((path) => join(tree, path));
}

function rewrite(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}
