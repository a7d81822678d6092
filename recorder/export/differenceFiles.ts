import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CsvCells } from '../csv/readRows.ts';
import { csvText } from '../csv/rows.ts';
import { createDifferences } from '../read/differences.ts';
import { readRestarts } from '../read/restarts.ts';
import type { RunData } from '../read/runData.ts';
import type { Column, Manifest, ManifestFile } from '../run/manifest.ts';

/** What tells of an export what run.json tells of a run: its columns. */
const exportName = 'export.json';

/** export.json */
export interface ExportRecord {
  readonly run: string;
  readonly format: 'deltas' | 'rates';
  readonly files: readonly {
    readonly name: string;
    readonly rows: number;
    readonly columns: readonly ExportedColumn[];
  }[];
}

/** As of run.json; a rate has a unit that no column of a run has. */
interface ExportedColumn extends Omit<Column, 'unit'> {
  readonly unit?: string;
}

const interval: Column = {
  name: 'interval_seconds',
  dtype: 'float64',
  kind: 'gauge',
  unit: 'seconds',
  help: 'Since the last row of the same thing, by the clock of the exporter; longer over a gap. Empty: the first row, or the first after a reset.',
};

/**
 * The files of a run with counters as what they grew by since the last row of the same thing, or by how much a
 * second. A column interval_seconds says since when. Gauges and files without counters are as they were.
 */
export async function exportDifferences(
  run: RunData,
  format: 'deltas' | 'rates',
  folder: string,
): Promise<void> {
  const files: ExportRecord['files'][number][] = [];
  for (const file of run.manifest.files) {
    const hasCounters = file.columns.some(({ kind }) => kind === 'counter');
    const write = hasCounters ? writeDifferences : copy;
    files.push(await write(run, file, format, folder));
  }
  const record: ExportRecord = { run: run.manifest.run, format, files };
  await writeFile(join(folder, exportName), `${JSON.stringify(record, undefined, 2)}\n`);
}

async function copy(run: RunData, { name, columns }: ManifestFile, _format: string, folder: string) {
  await writeFile(join(folder, name), run.bytes(name));
  let rows = 0;
  for await (const some of run.rows(name)) rows += some.length;
  return { name, rows, columns };
}

async function writeDifferences(
  run: RunData,
  file: ManifestFile,
  format: 'deltas' | 'rates',
  folder: string,
) {
  const { name, columns } = file;
  const counters = columns.filter(({ kind }) => kind === 'counter');
  const restarts = readRestarts(run);
  const differences = createDifferences(file, counters, restarts);
  const tick = columns.findIndex((column) => column.name === 'timestamp');
  const place = columns.findIndex((column) => column.name === 'collected_at') + 1;
  const isText = columns.map(({ dtype }) => dtype === 'string');
  const places = columns.map(({ kind }) => kind === 'counter');

  function line(cells: CsvCells): string {
    const { seconds, deltas } = differences.next(cells);
    let counter = 0;
    const texts = cells.map((cell, at) => {
      if (places[at] === true) return cellOf(deltas[counter++], seconds, format);
      return isText[at] === true ? textCell(cell) : cell;
    });
    texts.splice(place, 0, seconds ?? '');
    return `${texts.join(',')}\n`;
  }

  const told = columns.map((column) => (column.kind === 'counter' ? described(column, format) : column));
  const all: readonly ExportedColumn[] = told.toSpliced(place, 0, interval);
  const handle = await open(join(folder, name), 'wx');
  let rows = 0;
  try {
    await handle.appendFile(csvText([all.map((column) => column.name)]));
    for await (const some of run.rows(name)) {
      const lines: string[] = [];
      for (const cells of some) {
        await restarts.advanceTo(cells[tick] ?? '');
        lines.push(line(cells));
      }
      rows += some.length;
      await handle.appendFile(lines.join(''));
    }
  } finally {
    await handle.close();
  }
  return { name, rows, columns: all };
}

function cellOf(delta: string | undefined, seconds: string | undefined, format: 'deltas' | 'rates'): string {
  if (delta === undefined) return '';
  if (format === 'deltas') return delta;
  const rate = Number(delta) / Number(seconds);
  return Number.isFinite(rate) ? String(rate) : '';
}

/** Nearly all texts need no quotes. */
function textCell(text: string): string {
  return harmless.test(text) ? text : csvText([[text]]).slice(0, -1);
}

const harmless = /^(?:[\w./:][\w./: -]*)?$/;

function described(
  { unit, help, ...column }: Manifest['files'][number]['columns'][number],
  format: 'deltas' | 'rates',
): ExportedColumn {
  const isRate = format === 'rates';
  const perSecond = unit === 'seconds' ? undefined : `${unit ?? 'count'}/second`;
  const told = isRate ? perSecond : unit;
  return {
    ...column,
    dtype: isRate ? 'float64' : column.dtype,
    kind: 'gauge',
    ...(told !== undefined && { unit: told }),
    help: `${isRate ? 'Growth a second' : 'Growth'} over interval_seconds of: ${help}`,
  };
}
