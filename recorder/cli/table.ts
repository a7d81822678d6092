import { stripVTControlCharacters } from 'node:util';
import { paint } from './output.ts';
import { characters, plain } from './plain.ts';

/** A column of a printed table. Numbers stand right, words left. */
export interface Column<Row> {
  readonly title: string;
  readonly align?: 'right';
  /** The cell's text; undefined is shown as a dash. Whatever it holds is made harmless. */
  readonly cell: (row: Row) => string | undefined;
  /** Decorates the harmless text. */
  readonly style?: (text: string, row: Row) => string;
}

/** Aligned lines with a header, two spaces between columns and none at the end of a line. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = rows.map((row) =>
    columns.map(({ cell, style = unstyled }) => style(plain(cell(row) ?? '-'), row)),
  );
  const lines = [columns.map(({ title }) => paint('bold', title)), ...cells];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => width(line[index] ?? ''))));
  return lines
    .map((line) =>
      line
        .map((text, index) => {
          const gap = ' '.repeat((widths[index] ?? 0) - width(text));
          return columns[index]?.align === 'right' ? gap + text : text + gap;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function unstyled(text: string): string {
  return text;
}

function width(text: string): number {
  return characters(stripVTControlCharacters(text)).length;
}
