/** A row of a CSV file. */
export interface CsvRow {
  readonly cells: readonly string[];
  /** Where the text goes on behind it. */
  readonly end: number;
}

/** The whole rows of a text that begins with one: what follows the last line end is left. RFC 4180. */
export function csvRows(text: string): readonly CsvRow[] {
  const rows: CsvRow[] = [];
  let quote = text.indexOf('"');
  let start = 0;
  let isQuoted = false;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) {
    const hasQuotes = quote >= 0 && quote < end;
    for (; quote >= 0 && quote < end; quote = text.indexOf('"', quote + 1)) isQuoted = !isQuoted;
    if (isQuoted) continue;
    const line = text.slice(start, end);
    rows.push({ cells: hasQuotes || line.includes('"') ? quotedCells(line) : line.split(','), end: end + 1 });
    start = end + 1;
  }
  return rows;
}

/** Where the first row begins in a text that was cut out of the middle: behind a line end, with a tick. */
export function firstRow(text: string): number {
  const found = /\n\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z,/.exec(text);
  return found === null ? text.length : found.index + 1;
}

function quotedCells(line: string): readonly string[] {
  const cells = line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g);
  const texts = Array.from(cells, ([, cell = '']) =>
    cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
  );
  // Behind the last cell the pattern finds another one, which is empty.
  return line.endsWith(',') ? texts : texts.slice(0, -1);
}
