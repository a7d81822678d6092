import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';

/** Cells of one row, as they were before they were escaped. */
export type CsvCells = readonly string[];

/** The rows of a CSV file from `start` to before `end` (absent: its end), read as a stream. */
export async function* readRows(
  path: string,
  range: { readonly start?: number; readonly end?: number } = {},
): AsyncGenerator<CsvCells> {
  const { start = 0, end = Infinity } = range;
  if (start >= end) return;
  const parser = parse();
  createReadStream(path, { start, end: end - 1 })
    .on('error', (error) => parser.destroy(error))
    .pipe(parser);
  for await (const cells of parser) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- csv-parse without options gives these
    yield (cells as readonly string[]).map(plainCell);
  }
}

/** The rows below the header of a file, by column. @param end bytes; absent: its end. */
export async function* readRecords(
  path: string,
  end?: number,
): AsyncGenerator<Readonly<Record<string, string>>> {
  let header: CsvCells | undefined;
  for await (const cells of readRows(path, end === undefined ? {} : { end })) {
    if (header === undefined) header = cells;
    else yield recordOf(header, cells);
  }
}

function recordOf(header: CsvCells, cells: CsvCells): Readonly<Record<string, string>> {
  // Of 200,000 rows Object.fromEntries() would take half a second longer.
  const record: Record<string, string> = {};
  for (const [index, column] of header.entries()) record[column] = cells[index] ?? '';
  return record;
}

/** Takes back the apostrophe that keeps a spreadsheet from taking text for a formula. */
export function plainCell(cell: string): string {
  return cell.startsWith("'") && /^'[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(cell) ? cell.slice(1) : cell;
}
