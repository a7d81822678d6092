import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Json } from '@duckdb/node-api';
import { beforeAll, expect, test } from 'vitest';
import { mergeFolder } from '../../recorder/merge/mergeFolder.ts';
import { shardOf } from '../../recorder/shards/rendezvous.ts';
import { summarizeFolder } from '../../recorder/summary/summarizeRun.ts';
import type { Usage } from '../../recorder/summary/usage.ts';
import { parquetRows, query } from '../support/duckdb.ts';
import { describeWith, needs } from '../support/needs.ts';
import { type RecordedRun, recordRun } from '../support/recordedRun.ts';
import { readRun, type RunTables } from '../support/runFolder.ts';
import { interval, recordShards, temporaryFolder } from '../recorder/merge/shardedRun.ts';
import { runKubemon } from '../recorder/cli/runKubemon.ts';

describeWith([needs.root, needs.docker], 'a real run in other formats', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-data-tools-'));
  let recorded: RecordedRun;
  let run: RunTables;
  beforeAll(async () => {
    recorded = await recordRun();
    run = readRun(recorded.path);
    return () => {
      recorded.remove();
      rmSync(folder, { recursive: true });
    };
  });

  async function exportTo(format: string): Promise<string> {
    const output = join(folder, format);
    const { code, stderr } = await runKubemon(
      ['export', recorded.path, '--format', format, '--output', output],
      {},
      folder,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return output;
  }

  describeWith([needs.duckdb], 'as Parquet', () => {
    test('every row and cell is that of the CSV', async () => {
      const path = await exportTo('parquet');
      for (const { name, columns } of run.manifest.files) {
        const rows = await parquetRows(join(path, name.replace('.csv', '.parquet')));
        const expected = run
          .rows(name)
          .map((row) =>
            Object.fromEntries(
              columns.map(({ name: column, dtype }) => [column, valueOf(row[column] ?? '', dtype)]),
            ),
          );
        const found = rows.map((row) =>
          Object.fromEntries(
            columns.map(({ name: column, dtype }) => [column, valueOf(row[column] ?? '', dtype)]),
          ),
        );
        expect(found, name).toEqual(expected);
      }
    });
  });

  describeWith([needs.pandas], 'as deltas, as rates and summed up', () => {
    let pandas: Calculated;
    beforeAll(async () => {
      const deltas = await exportTo('deltas');
      const rates = await exportTo('rates');
      const script = fileURLToPath(new URL('dataTools.py', import.meta.url));
      const output = execFileSync('python3', [script, recorded.path, deltas, rates], {
        encoding: 'utf8',
        maxBuffer: 64 << 20,
      });
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what dataTools.py prints
      pandas = JSON.parse(output) as Calculated;
    });

    test('deltas and rates are what pandas calculates of the run itself', () => {
      expect(pandas.wrong).toEqual([]);
      expect(pandas.compared).toBeGreaterThan(1000);
    });

    test('so are mean, p95 and maximum of CPU and memory', async () => {
      const { usage } = await summarizeFolder(recorded.path);
      const found = new Map(
        [...(usage.container ?? []), ...(usage.process ?? [])].map((each) => [keyOf(each), each]),
      );
      const things = Object.entries(pandas.summary);
      expect(things.length).toBeGreaterThan(4);
      for (const [key, { ticks, cpuCores, memoryBytes }] of things) {
        const used = found.get(key);
        expect([key, used?.ticks]).toEqual([key, ticks]);
        for (const [measure, [mean, p95, max]] of [
          [used?.cpuCores, cpuCores],
          [used?.memoryBytes, memoryBytes],
        ] as const) {
          for (const [value, expected] of [
            [measure?.mean, mean],
            [measure?.p95, p95],
            [measure?.max, max],
          ] as const) {
            expect(Math.abs((value ?? NaN) - expected), key).toBeLessThanOrEqual(1e-6 * (1 + expected));
          }
        }
      }
    });
  });

  test('in the layout of the original, every instance with two ticks has its file, and a row for each but the first', async () => {
    const path = await exportTo('original');
    const lines = (monitor: string) =>
      readdirSync(join(path, monitor)).map((name) => {
        const rows = readFileSync(join(path, monitor, name), 'utf8')
          .trimEnd()
          .split('\n')
          .slice(1);
        return { name, rows };
      });
    const nodes = lines('OSMonitor');
    expect(nodes.map(({ rows }) => rows.length)).toEqual([run.rows('node.csv').length - 1]);
    const spinning = recorded.steady[0];
    const docker = lines('DockerMonitor').find(({ name }) => name.includes(`_${spinning?.name}_`));
    const ofSpinning = run.rows('container.csv').filter(({ container }) => container === spinning?.name);
    expect(docker?.rows.length).toBe(ofSpinning.length - 1);
    const processes = new Map<string, number>();
    for (const { container_id: id, pid, start_time_seconds: start } of run.rows('process.csv')) {
      const key = `${id}/${pid}/${start}`;
      processes.set(key, (processes.get(key) ?? 0) + 1);
    }
    const twice = [...processes.values()].filter((ticks) => ticks > 1);
    expect(lines('ProcessMonitor')).toHaveLength(twice.length);
  });

  test('summary prints tables that people read', async () => {
    const { stdout, stderr } = await runKubemon(['summary', recorded.path, '--top', '1'], {}, folder);
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /^recorded \(stopped\): \d+ ticks, \S+ \S+ to \S+ \S+ UTC\n\nNODE +CPU +P95 +MAX +MEMORY/,
    );
    expect(stdout).toMatch(/^CONTAINER .*\n\S+ +\d\.\d{3} .*\nand \d+ more \(--top\)$/m);
    expect(stdout).toMatch(/^PROCESS .*\n\S+ \(\d+\) \S+ +\d\.\d{3} /m);
  });

  test('a format that there is not is wrong usage', async () => {
    const { code, stderr } = await runKubemon(['export', recorded.path, '--format', 'xml'], {}, folder);
    expect(code).toBe(2);
    expect(stderr).toContain('Allowed choices are parquet, deltas, rates, original.');
  });
});

describeWith([needs.duckdb], 'the parts of several shards', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, section = ''] = readme.split(/^## More nodes than one recorder holds$/m);
  const [, example = ''] = /```sql\n([\s\S]*?)```/.exec(section) ?? [];

  test('are read as they lie by the example of the README, with the same result as the merged run', async () => {
    const folder = temporaryFolder();
    const targets = Array.from({ length: 12 }, (_, index) => `node-${index}`);
    const tick = Object.fromEntries(
      targets.map((name, index) => [name, { containers: ['012345678901', '12345e678901'], cores: index }]),
    );
    const shown = { targets, ticks: Array.from({ length: 5 }, () => tick) };
    const parts = await recordShards(folder, shown, 4);
    renameSync(parts, join(folder, 'test000'));
    await mergeFolder(join(folder, 'test000'), join(folder, 'merged'));

    const rows = await query(example, folder);
    expect(rows).toHaveLength(24);
    for (const { shard, node, cores } of rows) {
      const name = typeof node === 'string' ? node : '';
      expect(Number(shard)).toBe(shardOf(name, 4));
      expect(Number(cores)).toBeCloseTo(targets.indexOf(name) / interval, 9);
    }
    const merged = await query(
      example.replace('SELECT shard, ', 'SELECT ').replace('test000/*/', 'merged/'),
      folder,
    );
    const texts = (all: readonly object[]) => all.map((row) => JSON.stringify(row)).toSorted();
    expect(texts(rows.map((row) => ({ ...row, shard: undefined })))).toEqual(texts(merged));
  });
});

interface Calculated {
  readonly wrong: readonly string[];
  readonly compared: number;
  readonly summary: Readonly<
    Record<
      string,
      {
        readonly ticks: number;
        readonly cpuCores: readonly [mean: number, p95: number, max: number];
        readonly memoryBytes: readonly [mean: number, p95: number, max: number];
      }
    >
  >;
}

/** As dataTools.py calls a thing. */
function keyOf({ node, containerId, pid }: Usage): string {
  return [node, containerId, ...(pid === undefined ? [] : [pid])].join('/');
}

/** A cell of CSV or Parquet in one way of writing. */
function valueOf(cell: Json, dtype: string): unknown {
  if (cell === '' || cell === null || typeof cell === 'object') return undefined;
  if (dtype === 'float64') return Number(cell);
  if (dtype === 'Int64') return BigInt(String(cell));
  if (dtype === 'timestamp') return Date.parse(String(cell).replace(/\+00$/, 'Z'));
  return String(cell).replace(/^'(?=[=+\-@])/, '');
}
