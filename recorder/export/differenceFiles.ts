import { type FileHandle, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CsvCells } from '../csv/readRows.ts';
import { csvText } from '../csv/rows.ts';
import { createDifferences, type Delta } from '../read/differences.ts';
import { readRestarts } from '../read/restarts.ts';
import type { RunData } from '../read/runData.ts';
import { tableRows } from '../read/tableRows.ts';
import type { Column, ManifestFile } from '../run/manifest.ts';

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
  help: 'Since the last row of the same thing that told a counter, by the clock of the exporter, or by the ticks where that is off them by more than half; longer over a gap. Empty: the first row, the first after a reset, or no counter is told.',
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
  await writeFile(join(folder, exportName), `${JSON.stringify(record, undefined, 2)}\n`, { flag: 'wx' });
}

async function copy(run: RunData, { name, columns }: ManifestFile, _format: string, folder: string) {
  const handle = await open(join(folder, name), 'wx');
  let rows = 0;
  try {
    const names = columns.map((column) => column.name);
    for await (const some of tableRows(written(run.bytes(name), handle), name, names)) rows += some.length;
  } finally {
    await handle.close();
  }
  return { name, rows, columns };
}

/** The same pieces, each when it is in the file. */
async function* written(pieces: AsyncIterable<Buffer>, handle: FileHandle): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    await handle.appendFile(piece);
    yield piece;
  }
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
    const { span, deltas } = differences.next(cells);
    let counter = 0;
    const texts = cells.map((cell, at) => {
      if (places[at] === true) return cellOf(deltas[counter++], format);
      return isText[at] === true ? textCell(cell) : cell;
    });
    texts.splice(place, 0, span?.seconds ?? '');
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
    await restarts.close();
  }
  return { name, rows, columns: all };
}

/** A rate is over the time of its own delta. */
function cellOf(delta: Delta | undefined, format: 'deltas' | 'rates'): string {
  if (delta === undefined) return '';
  if (format === 'deltas') return delta.amount;
  const rate = Number(delta.amount) / Number(delta.span.seconds);
  return Number.isFinite(rate) ? String(rate) : '';
}

/** Nearly all texts need no quotes. */
function textCell(text: string): string {
  return harmless.test(text) ? text : csvText([[text]]).slice(0, -1);
}

const harmless = /^(?:[\w./:][\w./: -]*)?$/;

function described({ unit, help, ...column }: Column, format: 'deltas' | 'rates'): ExportedColumn {
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
