import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { columnName, prefix, tables } from '../../exporter/metrics/index.ts';
import { csvFiles } from '../../recorder/csv/columns.ts';
import { describeWith, needs } from '../support/needs.ts';
import { interval, type RecordedRun, recordRun } from '../support/recordedRun.ts';
import { type CsvRow, readRun, type RunTables } from '../support/runFolder.ts';
import { type Readings, seriesKey } from '../support/series.ts';

describeWith(
  [needs.root, needs.docker],
  'a run over real containers, some started and killed while it runs',
  () => {
    let recorded: RecordedRun;
    let run: RunTables;
    beforeAll(async () => {
      recorded = await recordRun();
      run = readRun(recorded.path);
      return recorded.remove;
    });

    test('every file has the columns of run.json, in every row', () => {
      expect(run.manifest.files.map(({ name }) => name)).toEqual(csvFiles.map(({ name }) => name));
      for (const { name, columns, rows } of run.manifest.files) {
        expect(run.headers.get(name), name).toEqual(columns.map((column) => column.name));
        expect(run.rows(name), name).toHaveLength(rows);
      }
    });

    test('ticks are sorted multiples of the interval, and one without rows is accounted for', () => {
      for (const { name, columns } of csvFiles) {
        if (columns[0]?.name !== 'timestamp') continue;
        const times = run.rows(name).map(timeOf);
        expect(times, name).toEqual(times.toSorted((a, b) => a - b));
      }
      const scraped = run.rows('scrapes.csv').filter(({ target }) => target !== 'recorder');
      const dropped = run.rows('events.csv').filter(({ kind }) => kind === 'tick_dropped');
      const ticks = [...scraped, ...dropped].map(timeOf).toSorted((a, b) => a - b);
      const [first = NaN] = ticks;
      expect(first % interval).toBe(0);
      expect(ticks).toEqual(ticks.map((_, index) => first + index * interval));
      expect(run.manifest.ticks).toMatchObject({
        planned: ticks.length,
        done: scraped.length,
        dropped: dropped.length,
      });
      expect(ticksOf(run.rows('node.csv'))).toEqual(scraped.filter(({ up }) => up === '1').map(timeOf));
    });

    test('a thing has one row a tick, and a process no row without its container', () => {
      for (const { name } of tables) {
        const rows = run.rows(`${name}.csv`).map((row) => identity(name, row));
        expect(new Set(rows).size, name).toBe(rows.length);
      }
      const containers = new Set(run.rows('container.csv').map((row) => identity('container', row)));
      const alone = run.rows('process.csv').filter((row) => !containers.has(identity('container', row)));
      expect(alone).toEqual([]);
    });

    test('the deltas of every counter add up to what the kernel counted', () => {
      const [outerStart, innerStart, innerEnd, outerEnd] = recorded.kernel;
      const wrong: string[] = [];
      let compared = 0;
      for (const [series, values] of countersOf(run)) {
        const least = delta(series, innerStart, innerEnd);
        const most = delta(series, outerStart, outerEnd);
        if (least === undefined || most === undefined) continue;
        compared += 1;
        const deltas = values.slice(1).map((value, index) => value - (values[index] ?? 0));
        const sum = deltas.reduce((total, each) => total + each, 0);
        const room = / mode=(idle|iowait)$/.test(series) ? 0.5 : 1e-6 * Math.abs(sum);
        if (deltas.some((each) => each < -room) || sum < least - room || sum > most + room) {
          wrong.push(`${series} grew by ${sum}, in the kernel by ${least} to ${most}`);
        }
      }
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThan(100);
    });

    test('births and deaths are those that Docker tells', () => {
      const { early, late, brief, dockerEvents } = recorded;
      expect(dockerEvents.map(({ action, id }) => `${action} ${id}`).toSorted()).toEqual(
        [`die ${early.id}`, `die ${brief.id}`, `start ${late.id}`, `start ${brief.id}`].toSorted(),
      );
      for (const container of [...recorded.steady, early, late, brief]) {
        const told = run.rows('events.csv').filter(({ subject }) => subject === container.id.slice(0, 12));
        const expected = dockerEvents.filter(({ id }) => id === container.id);
        expect(told.map(({ kind }) => kind)).toEqual(
          expected.map(({ action }) => (action === 'start' ? 'container_born' : 'container_died')),
        );
        // A container is shown when its name is known, at most 2 s after its start.
        const delays = told.map((row, index) => timeOf(row) - (expected[index]?.time ?? NaN));
        expect(delays.filter((delay) => !(delay > -1 && delay < 4))).toEqual([]);
      }
    });

    test('containers.csv has one row a life: named, and ended only for those that were killed', () => {
      const { steady, early, late, brief } = recorded;
      const all = [...steady, early, late, brief];
      const rows = run.rows('containers.csv').filter(({ id }) => all.some((started) => started.id === id));
      expect(new Map(rows.map((row) => [row['container'], row['died'] !== '']))).toEqual(
        new Map(all.map((started) => [started.name, started === early || started === brief])),
      );
      expect(rows).toHaveLength(all.length);
      // Docker tells whole seconds, and so does the kernel of the time of boot that starts are counted from.
      for (const { action, id, time } of recorded.dockerEvents) {
        const row = rows.find((life) => life['id'] === id);
        const moment = Date.parse((action === 'start' ? row?.['born'] : row?.['died']) ?? '') / 1000;
        expect(Math.abs(moment - time), `${action} of ${row?.['container']}`).toBeLessThan(2.5);
      }
    });

    test('every process is there on every tick of its container', () => {
      const [, nested] = recorded.steady;
      const rows = run.rows('process.csv').filter(({ container }) => container === nested?.name);
      const pids = new Set(rows.map(({ pid }) => pid));
      expect(pids.size).toBe(3);
      expect(rows).toHaveLength(3 * ticksOf(run.rows('node.csv')).length);
    });

    test('SIGTERM has stopped the run, with a verdict', () => {
      expect(run.manifest.state).toBe('stopped');
      const { verdict, reasons } = run.manifest.verdict;
      expect(verdict === 'valid').toBe(reasons.length === 0);
    });

    describeWith([needs.pandas], 'read with pandas by the dtypes of run.json', () => {
      test('every file has its rows, text stays text and counters keep their digits', () => {
        const script = fileURLToPath(new URL('readRun.py', import.meta.url));
        const output = execFileSync('python3', [script, recorded.path], { encoding: 'utf8' });
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what readRun.py prints
        const read = JSON.parse(output) as Record<string, PandasTable>;
        for (const { name, columns, rows } of run.manifest.files) {
          expect(read[name]?.rows, name).toBe(rows);
          for (const { name: column, dtype, kind } of columns) {
            // Of a column without a cell nobody can tell that it holds times; pandas 3 has microseconds.
            const timestamp = rows === 0 ? /^(object|str)$/ : /^datetime64\[[nu]s, UTC\]$/;
            const expected = dtype === 'timestamp' ? timestamp : new RegExp(`^${dtype}$`);
            expect(read[name]?.dtypes[column], `${name} ${column}`).toMatch(expected);
            if (kind !== 'counter' || dtype !== 'Int64') continue;
            const sum = run.rows(name).reduce((total, row) => total + BigInt(row[column] ?? ''), 0n);
            expect(read[name]?.sums[column], `${name} ${column}`).toBe(String(sum));
          }
        }
      });
    });
  },
);

interface PandasTable {
  readonly rows: number;
  readonly dtypes: Readonly<Record<string, string>>;
  readonly sums: Readonly<Record<string, string>>;
}

/** The different ticks, in the order of the rows, in seconds. */
function ticksOf(rows: readonly CsvRow[]): readonly number[] {
  return [...new Set(rows.map(timeOf))];
}

function timeOf({ timestamp }: CsvRow): number {
  return Date.parse(timestamp ?? '') / 1000;
}

/** Tells the row of one thing on one tick from all others; without what only describes. */
function identity(tableName: string, row: CsvRow): string {
  const labels = tables.find(({ name }) => name === tableName)?.labels ?? [];
  const told = labels.filter((label) => /^(container_id|pid|device|interface)$/.test(label));
  return [row['timestamp'], ...told.map((label) => row[label])].join(' ');
}

/** Every counter of the run, by series, with its values in order; cells that are empty are left out. */
function countersOf(run: RunTables): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const { name, scope, labels, metrics } of tables) {
    for (const row of run.rows(`${name}.csv`)) {
      const told = Object.fromEntries(labels.map((label) => [label, row[label] ?? '']));
      for (const metric of metrics.filter(({ type }) => type === 'counter')) {
        const cell = row[columnName(metric)];
        if (cell === undefined || cell === '') continue;
        const mode = metric.mode === undefined ? {} : { mode: metric.mode };
        const series = seriesKey(prefix(scope) + metric.name, { ...told, ...mode });
        found.set(series, [...(found.get(series) ?? []), Number(cell)]);
      }
    }
  }
  return found;
}

function delta(series: string, start: Readings, end: Readings): number | undefined {
  const first = start.get(series);
  const last = end.get(series);
  return first === undefined || last === undefined ? undefined : last - first;
}
