import { parse } from 'csv-parse/sync';
import { type CsvCells, plainCell } from '../csv/readRows.ts';
import { createRowScanner, type ScannedRow } from '../verify/rowScanner.ts';

/**
 * The rows of a CSV file below its header, as many at a time as came with a piece of it. Texts are as they
 * were before they were escaped.
 * @param columns that the header must have. @throws where a row has other cells: the file is damaged.
 */
export async function* tableRows(
  pieces: AsyncIterable<Buffer>,
  name: string,
  columns: readonly string[],
): AsyncGenerator<readonly CsvCells[]> {
  let rows: CsvCells[] = [];
  let isHeader = true;
  const scanner = createRowScanner((row) => {
    const cells = cellsOf(row);
    if (cells?.length !== columns.length) throw damaged(name, row.line);
    if (!isHeader) rows.push(cells);
    else if (cells.join(',') !== columns.join(',')) throw damaged(name, row.line);
    isHeader = false;
  });
  for await (const piece of pieces) {
    scanner.push(piece);
    if (rows.length === 0) continue;
    yield rows;
    rows = [];
  }
}

function cellsOf({ bytes, isQuoted, fault }: ScannedRow): CsvCells | undefined {
  if (fault !== undefined) return undefined;
  const text = bytes.toString();
  const cells = isQuoted ? parse(text)[0] : text.split(',');
  return text.includes("'") ? cells?.map(plainCell) : cells;
}

function damaged(name: string, line: number): Error {
  return new Error(
    `${name} cannot be read: line ${line} has not the columns that run.json tells. kubemon verify says what is wrong.`,
  );
}
