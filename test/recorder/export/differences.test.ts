import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exportFolder } from '../../../recorder/export/exportRun.ts';
import { add } from '../../../recorder/read/decimal.ts';
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
  expect(await idle([event(1, 'went_back', '')])).toEqual(['', '-0.02', '0.12']);
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

test('of two rows of one thing on one tick nothing follows', async () => {
  const rows = [1, 100, 2, 101].map((value, at) =>
    container(Math.floor(at / 2), { cpu_usage_seconds_total: value }),
  );
  const deltas = await exported('deltas', { files: { 'container.csv': rows } }, 'container.csv');
  expect(deltas.map((row) => row['cpu_usage_seconds_total'])).toEqual(['', '', '', '']);
});

test('the deltas of a thing add up to last - first, whatever ticks it was seen on', async () => {
  const growth = fc.array(fc.record({ gap: fc.integer({ min: 1, max: 4 }), milli: fc.nat() }), {
    minLength: 1,
    maxLength: 30,
  });
  const text = (milli: number) => `${Math.floor(milli / 1000)}.${String(milli % 1000).padStart(3, '0')}`;
  await fc.assert(
    fc.asyncProperty(fc.array(growth, { minLength: 1, maxLength: 3 }), async (things) => {
      const rows = things
        .flatMap((steps, thing) => {
          let [at, milli] = [0, 0];
          return steps.map((step) => {
            at += step.gap;
            milli += step.milli;
            return {
              at,
              row: container(at, { cpu_usage_seconds_total: text(milli) }, `${thing}`.padStart(12, '0')),
            };
          });
        })
        .toSorted((a, b) => a.at - b.at)
        .map(({ row }) => row);
      const deltas = await exported('deltas', { files: { 'container.csv': rows } }, 'container.csv');
      for (const [thing, steps] of things.entries()) {
        const of = deltas.filter((row) => row['container_id'] === `${thing}`.padStart(12, '0'));
        const sum = of.reduce((total, row) => add(total, grownBy(row['cpu_usage_seconds_total'])) ?? '', '0');
        const grown = steps.slice(1).reduce((total, step) => total + step.milli, 0);
        expect(sum).toBe(add(text(grown), '0'));
        const seconds = of.reduce((total, row) => add(total, grownBy(row['interval_seconds'])) ?? '', '0');
        expect(seconds).toBe(String(steps.slice(1).reduce((total, step) => total + step.gap, 0)));
      }
    }),
    { numRuns: 40 },
  );
});

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

function grownBy(cell = ''): string {
  return cell === '' ? '0' : cell;
}
