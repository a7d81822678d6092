import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exportFolder } from '../../../recorder/export/exportRun.ts';
import { add, subtract } from '../../../recorder/read/decimal.ts';
import { type Handmade, handmadeRun, type HandmadeRow, recordsOf, tick } from '../read/handmadeRun.ts';
import { outputFolder } from '../read/outputFolder.ts';

async function exported(format: 'deltas' | 'rates', handmade: Handmade, file: string) {
  const { path } = await exportFolder(handmadeRun(handmade), { format, output: outputFolder() });
  return recordsOf(readFileSync(join(path, file), 'utf8'));
}

/** A row of a container, collected 1 ms after its tick. */
function container(seconds: number, cells: HandmadeRow, id = '001234567890'): HandmadeRow {
  const collected = (Date.parse(tick(seconds)) + 1) / 1000;
  return {
    timestamp: tick(seconds),
    collected_at: collected.toFixed(6),
    node: 'n',
    container: 'web',
    container_id: id,
    ...cells,
  };
}

function event(seconds: number, kind: string, subject: string, detail = 'It says so.'): HandmadeRow {
  return { timestamp: tick(seconds), kind, node: 'n', target: 'n', subject, detail };
}

function cpu(rows: readonly Readonly<Record<string, string>>[]): readonly (readonly [string, string])[] {
  return rows.map((row) => [row['interval_seconds'] ?? '-', row['cpu_usage_seconds_total'] ?? '-']);
}

test('a counter is what it grew by, exactly; a gauge and what a row is about are as they were', async () => {
  const rows = [
    container(1, { cpu_usage_seconds_total: '0.1', memory_usage_bytes: 5 }),
    container(2, { cpu_usage_seconds_total: '0.4', memory_usage_bytes: 3 }),
  ];
  const [first, second] = await exported('deltas', { files: { 'container.csv': rows } }, 'container.csv');
  expect(first).toMatchObject({
    interval_seconds: '',
    cpu_usage_seconds_total: '',
    memory_usage_bytes: '5',
  });
  expect(second).toMatchObject({
    timestamp: tick(2),
    interval_seconds: '1',
    node: 'n',
    container_id: '001234567890',
    cpu_usage_seconds_total: '0.3',
    memory_usage_bytes: '3',
    cpu_user_seconds_total: '',
  });
});

test('a rate is by the clock of the exporter, not by the interval', async () => {
  const rows = [
    container(1, { collected_at: '1.000000', cpu_usage_seconds_total: '10' }),
    container(2, { collected_at: '2.250000', cpu_usage_seconds_total: '10.5' }),
  ];
  const rates = await exported('rates', { files: { 'container.csv': rows } }, 'container.csv');
  expect(cpu(rates)).toEqual([
    ['', ''],
    ['1.25', '0.4'],
  ]);
});

test('where the clock of the exporter was stepped a rate is by the ticks', async () => {
  const collected = ['100.000000', '101.400000', '3702.400000', '3703.400000', '3700.400000'];
  const rows = collected.map((at, index) =>
    container(index, { collected_at: at, cpu_usage_seconds_total: index * 7 }),
  );
  const rates = await exported('rates', { files: { 'container.csv': rows } }, 'container.csv');
  expect(cpu(rates)).toEqual([
    ['', ''],
    ['1.4', '5'],
    ['1', '7'],
    ['1', '7'],
    ['1', '7'],
  ]);
});

test('a row that tells no counter, as of a scrape that failed, is passed over', async () => {
  const scrapes = ['1.5', '', '', '4.5'].map((seconds, at) => ({
    timestamp: tick(at),
    node: 'n',
    target: 'n',
    up: seconds === '' ? 0 : 1,
    exporter_cpu_seconds_total: seconds,
  }));
  const rates = await exported('rates', { files: { 'scrapes.csv': scrapes } }, 'scrapes.csv');
  expect(rates.map((row) => [row['interval_seconds'], row['exporter_cpu_seconds_total']])).toEqual([
    ['', ''],
    ['', ''],
    ['', ''],
    ['3', '1'],
  ]);
});

test('where one cell was empty its rate is over the time since it was told, while the others go on', async () => {
  const rows = [
    container(0, { cpu_usage_seconds_total: 1, cpu_periods_total: 10 }),
    container(1, { cpu_usage_seconds_total: 2 }),
    container(2, { cpu_usage_seconds_total: 3, cpu_periods_total: 14 }),
    container(3, { cpu_usage_seconds_total: 4, cpu_periods_total: 15 }),
  ];
  const rates = await exported('rates', { files: { 'container.csv': rows } }, 'container.csv');
  expect(cpu(rates).slice(1)).toEqual([1, 2, 3].map(() => ['1', '1']));
  expect(rates.map((row) => row['cpu_periods_total'])).toEqual(['', '', '2', '1']);
});

test('over a gap the delta is that since before the gap, and interval_seconds says so', async () => {
  const rows = [1, 2, 5, 6].map((at) => container(at, { cpu_usage_seconds_total: at * 2 }));
  const deltas = await exported('deltas', { files: { 'container.csv': rows } }, 'container.csv');
  expect(cpu(deltas)).toEqual([
    ['', ''],
    ['1', '2'],
    ['3', '6'],
    ['1', '2'],
  ]);
});

test('over a reset there is no delta, of none of the counters, also where one grew past its old value', async () => {
  const rows = [
    container(1, { cpu_usage_seconds_total: 9, cpu_periods_total: 1 }),
    container(2, { cpu_usage_seconds_total: 2, cpu_periods_total: 3 }),
    container(3, { cpu_usage_seconds_total: 3, cpu_periods_total: 4 }),
  ];
  const files = {
    'container.csv': rows,
    'events.csv': [event(2, 'container_born', '001234567890')],
  };
  const deltas = await exported('deltas', { files }, 'container.csv');
  expect(deltas.map((row) => [row['interval_seconds'], row['cpu_periods_total']])).toEqual([
    ['', ''],
    ['', ''],
    ['1', '1'],
  ]);
});

test('a machine that was booted again resets all that is on it; an exporter that was started again does not', async () => {
  const disks = [1, 2, 3].map((at) => ({
    timestamp: tick(at),
    collected_at: at,
    node: 'n',
    device: 'sda',
    disk_reads_completed_total: at * 10,
  }));
  const because = (detail: string) => ({
    files: { 'node_disk.csv': disks, 'events.csv': [event(2, 'reset', '', detail)] },
  });
  const reads = async (detail: string) =>
    (await exported('deltas', because(detail), 'node_disk.csv')).map(
      (row) => row['disk_reads_completed_total'],
    );
  expect(await reads('The machine was booted again. node.csv: forks_total from 9 to 1.')).toEqual([
    '',
    '',
    '10',
  ]);
  expect(await reads('The exporter was started again. node.csv: syscalls_total from 9 to 1.')).toEqual([
    '',
    '10',
    '10',
  ]);
});

test('a counter that went back has a delta below 0, and one that fell without a word none', async () => {
  const rows = [12.5, 12.48, 12.6].map((idle, at) => ({
    timestamp: tick(at),
    collected_at: at,
    node: 'n',
    cpu_idle_seconds_total: idle,
  }));
  const idle = async (events: readonly HandmadeRow[]) =>
    (await exported('deltas', { files: { 'node.csv': rows, 'events.csv': events } }, 'node.csv')).map(
      (row) => row['cpu_idle_seconds_total'],
    );
  const wentBack = (column: string) => event(1, 'went_back', '', `node.csv: ${column} from 12.5 to 12.48.`);
  expect(await idle([wentBack('cpu_idle_seconds_total')])).toEqual(['', '-0.02', '0.12']);
  expect(await idle([wentBack('cpu_iowait_seconds_total')])).toEqual(['', '', '0.12']);
  expect(await idle([])).toEqual(['', '', '0.12']);
});

test('things that are born and die in the middle are told apart, a pid that is used again too', async () => {
  const process = (at: number, start: number, seconds: number) => ({
    ...container(at, { cpu_user_seconds_total: seconds }),
    pid: 7,
    comm: `sh${at}`,
    start_time_seconds: start,
  });
  const rows = [
    process(1, 100, 5),
    container(1, { cpu_user_seconds_total: 1 }),
    process(2, 100, 6),
    process(3, 200, 8),
    process(4, 200, 9),
  ];
  const deltas = await exported('deltas', { files: { 'process.csv': rows } }, 'process.csv');
  expect(deltas.map((row) => row['cpu_user_seconds_total'])).toEqual(['', '', '1', '', '1']);
});

test('what events.csv says died is forgotten with all that is in it: what comes back begins anew', async () => {
  const seen = [1, 2, 4, 5];
  const id = '001234567890';
  const rows = (cells: HandmadeRow) =>
    seen.map((at) => container(at, { ...cells, cpu_user_seconds_total: at, disk_read_bytes_total: at }));
  const files = {
    'process.csv': rows({ pid: 7, start_time_seconds: 100 }),
    'container_disk.csv': rows({ device: 'sda' }),
  };
  const deltas = async (kind: string, subject: string) => {
    const handmade = { files: { ...files, 'events.csv': [event(3, kind, subject)] } };
    return {
      process: (await exported('deltas', handmade, 'process.csv')).map(
        (row) => row['cpu_user_seconds_total'],
      ),
      disk: (await exported('deltas', handmade, 'container_disk.csv')).map(
        (row) => row['disk_read_bytes_total'],
      ),
    };
  };
  const [whole, anew] = [
    ['', '1', '2', '1'],
    ['', '1', '', '1'],
  ];
  expect(await deltas('process_died', `${id}/7`)).toEqual({ process: anew, disk: whole });
  expect(await deltas('process_died', `${id}/70`)).toEqual({ process: whole, disk: whole });
  expect(await deltas('container_died', id)).toEqual({ process: whole, disk: anew });
});

test('of two rows of one thing on one tick nothing follows', async () => {
  const rows = [1, 100, 2, 101].map((value, at) =>
    container(Math.floor(at / 2), { cpu_usage_seconds_total: value }),
  );
  const deltas = await exported('deltas', { files: { 'container.csv': rows } }, 'container.csv');
  expect(deltas.map((row) => row['cpu_usage_seconds_total'])).toEqual(['', '', '', '']);
});

test('the deltas of a thing add up to last - first, whatever ticks it was seen on and whatever cells were empty', async () => {
  const step = fc.record({
    gap: fc.integer({ min: 1, max: 4 }),
    milli: fc.nat(),
    periods: fc.nat(),
    isUsageTold: fc.boolean(),
    arePeriodsTold: fc.boolean(),
  });
  const steps = fc.array(step, { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 3 }), async (things) => {
      const rows = things.flatMap((thing, index) => {
        let [at, milli, periods] = [0, 0, 0];
        return thing.map((each) => {
          at += each.gap;
          milli += each.milli;
          periods += each.periods;
          const cells = {
            cpu_usage_seconds_total: each.isUsageTold ? thousandths(milli) : '',
            cpu_periods_total: each.arePeriodsTold ? periods : '',
          };
          return { at, row: container(at, cells, `${index}`.padStart(12, '0')) };
        });
      });
      const sorted = rows.toSorted((a, b) => a.at - b.at).map(({ row }) => row);
      const deltas = await exported('deltas', { files: { 'container.csv': sorted } }, 'container.csv');
      for (const index of things.keys()) {
        const isOf = (row: HandmadeRow) => row['container_id'] === `${index}`.padStart(12, '0');
        const [before, after] = [sorted.filter(isOf), deltas.filter(isOf)];
        for (const column of ['cpu_usage_seconds_total', 'cpu_periods_total']) {
          expect(total(after, column), column).toBe(grown(before, column));
        }
        const told = before.filter(
          (row) => row['cpu_usage_seconds_total'] !== '' || row['cpu_periods_total'] !== '',
        );
        expect(total(after, 'interval_seconds')).toBe(grown(told, 'collected_at'));
      }
    }),
    { numRuns: 40 },
  );
});

function thousandths(milli: number): string {
  return `${Math.floor(milli / 1000)}.${String(milli % 1000).padStart(3, '0')}`;
}

function total(rows: readonly HandmadeRow[], column: string): string | undefined {
  return rows.reduce<string | undefined>(
    (sum, row) => add(sum ?? '', String(row[column] === '' ? 0 : row[column])),
    '0',
  );
}

/** Last - first of what is told. */
function grown(rows: readonly HandmadeRow[], column: string): string | undefined {
  const told = rows.map((row) => String(row[column])).filter((text) => text !== '');
  return subtract(told.at(-1) ?? '0', told[0] ?? '0');
}

test('texts stay escaped and quoted, files without counters are as they were, and export.json tells the columns', async () => {
  const files = {
    'container.csv': [1, 2].map((at) =>
      container(at, { container: '=1+1, "x"', cpu_usage_seconds_total: at }),
    ),
    'marks.csv': [{ timestamp: tick(1), label: '-warm' }],
  };
  const run = handmadeRun({ files });
  const { path, files: number } = await exportFolder(run, { format: 'rates', output: outputFolder() });
  expect(number).toBe(13);
  const text = readFileSync(join(path, 'container.csv'), 'utf8');
  expect(text.split('\n')[2]).toContain(',1,n,,,"\'=1+1, ""x""",001234567890,');
  expect(readFileSync(join(path, 'marks.csv'))).toEqual(readFileSync(join(run, 'marks.csv')));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is expected of it
  const { files: told } = JSON.parse(readFileSync(join(path, 'export.json'), 'utf8')) as {
    files: {
      name: string;
      rows: number;
      columns: { name: string; dtype: string; kind: string; unit?: string }[];
    }[];
  };
  for (const { name, rows, columns } of told) {
    const [header, ...lines] = readFileSync(join(path, name), 'utf8').trimEnd().split('\n');
    expect(header).toBe(columns.map((column) => column.name).join(','));
    expect(lines.length).toBe(rows);
  }
  const columns = told.find(({ name }) => name === 'container.csv')?.columns ?? [];
  expect(columns.find(({ name }) => name === 'memory_page_faults_total')).toMatchObject({
    dtype: 'float64',
    kind: 'gauge',
    unit: 'count/second',
  });
  expect(columns.find(({ name }) => name === 'container_id')?.dtype).toBe('string');
});

test('of a run that is on what is whole is exported', async () => {
  const rows = [1, 2].map((at) => container(at, { cpu_usage_seconds_total: at }));
  const torn = { 'container.csv': '2026-01-01T00:00:03.000Z,3.0' };
  const deltas = await exported(
    'deltas',
    { files: { 'container.csv': rows }, state: 'recording', torn },
    'container.csv',
  );
  expect(cpu(deltas)).toEqual([
    ['', ''],
    ['1', '1'],
  ]);
});

test('nothing is overwritten, and what cannot be read leaves nothing behind', async () => {
  const run = handmadeRun({ files: {} });
  await expect(exportFolder(run, { format: 'deltas', output: run })).rejects.toThrow(
    `${run} exists already and is left as it is: name another folder with --output.`,
  );
  rmSync(join(run, 'node.csv'));
  const out = outputFolder();
  await expect(exportFolder(run, { format: 'deltas', output: out })).rejects.toThrow(/ENOENT.*node\.csv/);
  expect(readdirSync(join(out, '..'))).toEqual([]);
  rmSync(join(run, 'run.json'));
  await expect(exportFolder(run, { format: 'deltas', output: out })).rejects.toThrow(
    /is no run's folder that can be read: its run\.json is missing/,
  );
});
