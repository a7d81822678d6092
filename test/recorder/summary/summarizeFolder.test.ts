import { expect, test } from 'vitest';
import { summarizeFolder, type SummaryOptions } from '../../../recorder/summary/summarizeRun.ts';
import { type Handmade, handmadeRun, type HandmadeRow, tick } from '../read/handmadeRun.ts';

const web = { container: 'web', container_id: '001234567890' };

function at(seconds: number, cells: HandmadeRow): HandmadeRow {
  return { timestamp: tick(seconds), collected_at: seconds, node: 'n', ...cells };
}

/** A container that uses 0.5 cores, then 2, with a gap, a reset, and another that is born and dies. */
const files: Handmade['files'] = {
  'scrapes.csv': [0, 1, 2, 4, 5, 6].map((seconds) => at(seconds, { target: 'n', up: 1 })),
  'container.csv': [
    at(0, { ...web, cpu_usage_seconds_total: 10, memory_working_set_bytes: 100 }),
    at(1, { ...web, cpu_usage_seconds_total: 10.5, memory_working_set_bytes: 200 }),
    at(1, { container_id: 'bbbbbbbbbbbb', cpu_usage_seconds_total: 1 }),
    at(2, { ...web, cpu_usage_seconds_total: 11, memory_working_set_bytes: 300 }),
    at(2, { container_id: 'bbbbbbbbbbbb', cpu_usage_seconds_total: 4 }),
    at(4, { ...web, cpu_usage_seconds_total: 15, memory_working_set_bytes: 400 }),
    at(5, { ...web, cpu_usage_seconds_total: 1, memory_working_set_bytes: 500 }),
    at(6, { ...web, cpu_usage_seconds_total: 2, memory_working_set_bytes: 600 }),
  ],
  'container_disk.csv': ['sda', 'sdb', 'dm-0']
    .flatMap((device) =>
      [0, 1].map((seconds) => at(seconds, { ...web, device, disk_read_bytes_total: seconds * 1000 })),
    )
    .toSorted((a, b) => String(a['timestamp']).localeCompare(String(b['timestamp']))),
  'marks.csv': [
    { timestamp: tick(0.5), label: 'warm' },
    { timestamp: tick(2.5), label: 'done' },
    { timestamp: tick(5.5), label: 'warm' },
  ],
  'events.csv': [
    { timestamp: tick(5), kind: 'container_born', node: 'n', target: 'n', subject: '001234567890' },
  ],
};

async function containers(options: SummaryOptions, state?: Handmade['state']) {
  const folder = handmadeRun({ files, ...(state && { state }) });
  const summary = await summarizeFolder(folder, { by: 'container', ...options });
  return { ...summary, containers: summary.usage.container ?? [] };
}

test('CPU is growth over time seen, without the reset, and over the gap as one', async () => {
  const { containers: found, ticks, from, to, isExact } = await containers({});
  expect({ ticks, from, to, isExact }).toEqual({ ticks: 6, from: tick(0), to: tick(6), isExact: true });
  const used = found.find(({ container }) => container === 'web');
  // 0.5 in 1 s, 0.5 in 1 s, 4 in 2 s, a reset, 1 in 1 s.
  expect(used).toMatchObject({ containerId: '001234567890', ticks: 6, cpuCores: { mean: 6 / 5, max: 2 } });
  expect(used?.cpuCores?.p95).toBeCloseTo(1.85, 12);
  expect(used?.memoryBytes).toEqual({ mean: 350, p95: 575, max: 600 });
  // Two disks; what is made of them is left out.
  expect(used?.diskReadBytesPerSecond).toEqual({ mean: 2000, p95: 2000, max: 2000 });
  expect(used?.networkReceiveBytesPerSecond).toBeUndefined();
});

test('between two marks only what lies wholly between them counts', async () => {
  const { containers: found, ticks } = await containers({ from: 'warm', to: 'done' });
  expect(ticks).toBe(2);
  expect(
    found.map(({ containerId, cpuCores, memoryBytes }) => [containerId, cpuCores?.mean, memoryBytes?.mean]),
  ).toEqual([
    ['bbbbbbbbbbbb', 3, undefined],
    ['001234567890', 0.5, 250],
  ]);
});

test('what is used most comes first, by any measure, and as many as are asked for', async () => {
  const first = async (options: SummaryOptions) =>
    (await containers(options)).containers.map((each) => each.container);
  expect(await first({ sort: 'cpu' })).toEqual(['', 'web']);
  expect(await first({ sort: 'memory' })).toEqual(['web', '']);
  expect(await first({ sort: 'io', top: 1 })).toEqual(['web']);
});

test('a mark that is not there is named with those that are', async () => {
  await expect(containers({ from: 'cold' })).rejects.toThrow(
    'handmade has no mark "cold". Its marks are "warm", "done".',
  );
  await expect(containers({ from: 'done', to: 'done' })).rejects.toThrow(
    'handmade has no mark "done" behind "done".',
  );
});

test('a run that is on is summed up to its last tick, and one without rows to nothing', async () => {
  expect((await containers({}, 'recording')).containers).toHaveLength(2);
  const empty = await summarizeFolder(handmadeRun({ files: {} }));
  expect(empty).toMatchObject({
    ticks: 0,
    found: { node: 0, container: 0, process: 0 },
    usage: { node: [], container: [], process: [] },
  });
});

test('a node uses what is not idle, and the memory that is not available', async () => {
  const modes = { user: 1, nice: 1, system: 1, irq: 1, softirq: 1, idle: 50, iowait: 50, steal: 50 };
  const rows = [0, 2].map((seconds) =>
    at(seconds, {
      ...Object.fromEntries(
        Object.entries(modes).map(([mode, rate]) => [`cpu_${mode}_seconds_total`, rate * seconds]),
      ),
      memory_total_bytes: 1000,
      memory_available_bytes: 400,
    }),
  );
  const network = ['eth0', 'lo', 'docker0', 'br-1a'].flatMap((name) =>
    [0, 2].map((seconds) => at(seconds, { interface: name, network_receive_bytes_total: seconds * 7 })),
  );
  const { usage } = await summarizeFolder(
    handmadeRun({
      files: {
        'node.csv': rows,
        'node_network.csv': network.toSorted((a, b) =>
          String(a['timestamp']).localeCompare(String(b['timestamp'])),
        ),
      },
    }),
    { by: 'node' },
  );
  expect(usage).toEqual({
    node: [
      {
        node: 'n',
        ticks: 2,
        cpuCores: { mean: 5, p95: 5, max: 5 },
        memoryBytes: { mean: 600, p95: 600, max: 600 },
        networkReceiveBytesPerSecond: { mean: 7, p95: 7, max: 7 },
      },
    ],
  });
});
