import { expect, test } from 'vitest';
import { csvFiles } from '../../../recorder/csv/columns.ts';
import { sources } from '../../../recorder/summary/sources.ts';
import type { UsageScope } from '../../../recorder/summary/usage.ts';
import { createTableUsage } from '../../../recorder/web/usage.ts';

const start = Date.parse('2026-11-23T04:00:00.000Z');

type Row = Readonly<Record<string, string | number>>;

/** Usage of a table whose rows are given by their columns, tick by tick. */
function usageOf(scope: UsageScope, table: string) {
  const file = csvFiles.find(({ name }) => name === `${table}.csv`);
  if (file === undefined) throw new Error(table);
  const usage = createTableUsage(
    file,
    sources[scope].filter((each) => each.table === table),
  );
  return {
    usage,
    take: (tick: number, ...rows: readonly Row[]) => {
      const cells = rows.map((row) => {
        const all: Row = {
          timestamp: new Date(start + tick * 1000).toISOString(),
          collected_at: start / 1000 + tick,
          node: 'one',
          ...row,
        };
        return file.columns.map(({ name }) => String(all[name] ?? ''));
      });
      return Object.fromEntries(
        [...usage.take(cells)].map(([measure, values]) => [measure, Object.fromEntries(values)]),
      );
    },
  };
}

const cpu = (user: number, more: Row = {}): Row => ({
  cpu_user_seconds_total: user,
  cpu_nice_seconds_total: 0,
  cpu_system_seconds_total: 1,
  cpu_irq_seconds_total: 0,
  cpu_softirq_seconds_total: 0,
  ...more,
});

test('a counter becomes a rate by the clock of the exporter, a gauge is itself', () => {
  const { take } = usageOf('node', 'node');
  const memory = { memory_total_bytes: 1000, memory_available_bytes: 400 };
  expect(take(0, cpu(10, memory))).toEqual({ cpuCores: {}, memoryBytes: { one: 600 } });
  const late = { collected_at: start / 1000 + 2.5 };
  expect(take(2, cpu(15, late))).toEqual({ cpuCores: { one: 2 }, memoryBytes: {} });
});

test('a clock that was stepped is not divided by', () => {
  const { take } = usageOf('node', 'node');
  take(0, cpu(10));
  expect(take(2, cpu(12, { collected_at: start / 1000 + 3600 }))['cpuCores']).toEqual({ one: 1 });
});

test('over a gap the rate is the mean of it; where it fell or begins anew there is none', () => {
  const { take } = usageOf('node', 'node');
  const rates = [
    take(0, cpu(10, { boot_time_seconds: 5 })),
    take(4, cpu(12, { boot_time_seconds: 6 })),
    take(5, cpu(1, { boot_time_seconds: 6 })),
    take(6, cpu(2, { boot_time_seconds: 6 })),
    take(7, cpu(99, { boot_time_seconds: 60 })),
    take(8, cpu(99, { cpu_user_seconds_total: '', boot_time_seconds: 60 })),
    take(9, cpu(100, { boot_time_seconds: 60 })),
    take(10, cpu(100, { boot_time_seconds: 60 })),
  ];
  expect(rates.map((each) => each['cpuCores']?.['one'])).toEqual([
    undefined,
    0.5,
    undefined,
    1,
    undefined,
    undefined,
    undefined,
    0,
  ]);
});

test('a process that took over a pid inherits nothing', () => {
  const { take, usage } = usageOf('process', 'process');
  const process = (seconds: number, started: number, comm: string): Row => ({
    container_id: 'abc',
    pid: '7',
    comm,
    cpu_user_seconds_total: seconds,
    cpu_system_seconds_total: 0,
    start_time_seconds: started,
  });
  take(0, process(1, 100, 'sh'));
  expect(take(1, process(3, 100, "'=2+5"))['cpuCores']).toEqual({ 'one\nabc\n7': 2 });
  expect(take(2, process(50, 200, 'new'))['cpuCores']).toEqual({});
  expect(usage.lastRow('one\nabc\n7')?.('comm')).toBe('new');
});

test('a text that was escaped for spreadsheets is shown as it was', () => {
  const { take, usage } = usageOf('process', 'process');
  take(0, { container_id: 'abc', pid: '7', comm: "'=2+5" });
  expect(usage.lastRow('one\nabc\n7')?.('comm')).toBe('=2+5');
});

test('devices of a node add up, without those that are made of others', () => {
  const { take } = usageOf('node', 'node_disk');
  const disk = (device: string, read: number): Row => ({ device, disk_read_bytes_total: read });
  take(0, disk('sda', 0), disk('sdb', 0), disk('dm-0', 0));
  const used = take(1, disk('sda', 100), disk('sdb', 50), disk('dm-0', 150));
  expect(used['diskReadBytesPerSecond']).toEqual({ one: 150 });
  expect(used['diskWrittenBytesPerSecond']).toEqual({});
});

test('of two rows of one tick, which two exporters of one node make, nothing is told', () => {
  const { take } = usageOf('node', 'node');
  take(0, cpu(10));
  expect(take(1, cpu(11), cpu(900))['cpuCores']).toEqual({});
  expect(take(2, cpu(12))['cpuCores']).toEqual({});
  expect(take(3, cpu(13))['cpuCores']).toEqual({ one: 1 });
});

test('what is not seen for 60 ticks is forgotten', () => {
  const { take, usage } = usageOf('node', 'node');
  take(0, cpu(10, { node: 'gone' }));
  for (let tick = 1; tick <= 61; tick += 1) take(tick, cpu(10));
  expect(usage.lastRow('gone')).toBeUndefined();
  expect(usage.lastRow('one')?.('node')).toBe('one');
});
