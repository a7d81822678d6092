import { expect, test } from 'vitest';
import { planTable } from './planTable.ts';

test('a line is what a load needs, and says how that is known', () => {
  const each = { node: 165, container: 53, process: 24 };
  const cost = { cpu: 2.6e-6, firstCpu: 5e-6, memory: 520, idleMemory: 1.1e8, disk: 13, wire: 11.3 };
  const { columns, rows } = planTable([], each, cost);
  expect(rows.length).toBe(24);
  const line = rows.find(
    ([nodes, processes = '', , interval]) =>
      nodes === '1,000' && processes.startsWith('100 ') && interval === '5 s',
  );
  expect(Object.fromEntries(columns.map((column, index) => [column, line?.[index]]))).toEqual({
    nodes: '1,000',
    'processes (containers) a node': '100 (30)',
    'samples a node': '4,155',
    interval: '5 s',
    SHARDS: '3',
    'CPU of each': '78 % of a core',
    'memory of each': '0.9 GB',
    'its first tick': '11 s',
    'disk an hour': '39 GB',
    network: '9.4 MB/s',
    'known by': 'arithmetic',
  });
});
