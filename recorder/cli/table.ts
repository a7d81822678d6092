import { paint, terminalWidth } from './output.ts';
import { plain, shortened, width } from './plain.ts';

/** A column of a printed table. Numbers stand right, words left. */
export interface Column<Row> {
  readonly title: string;
  readonly align?: 'right';
  /** The cell's text; undefined is shown as a dash. Whatever it holds is made harmless. */
  readonly cell: (row: Row) => string | undefined;
  /** Decorates the harmless text. */
  readonly style?: (text: string, row: Row) => string;
}

/** Words in a narrow terminal keep so many characters, one of them the …, as long as there is another way. */
const narrowest = 8;
const gap = '  ';

/**
 * Aligned lines with a header, two spaces between columns and none at the end of a line. Where they would be
 * wider than `room`, words are shortened, the longest columns first; then what does not fit is left out.
 * @param room in characters; default: the terminal's, and without one as much as it takes
 */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  room: number = terminalWidth() ?? Infinity,
): string {
  const texts = columns.map(({ title, cell }) => [title, ...rows.map((row) => plain(cell(row) ?? '-'))]);
  const wanted = columns.map(({ align }, index) => ({
    width: Math.max(...(texts[index] ?? []).map(width)),
    isNumber: align === 'right',
  }));
  const widths = fit(wanted, room);
  const shown = columns.slice(0, widths.length);
  return [undefined, ...rows]
    .map((row, line) =>
      shown
        .map(({ align, style }, index) => {
          const cells = widths[index] ?? 0;
          const text = shortened(texts[index]?.[line] ?? '', cells);
          const space = ' '.repeat(cells - width(text));
          const styled = row === undefined ? paint('bold', text) : (style?.(text, row) ?? text);
          return align === 'right' ? space + styled : styled + space;
        })
        .join(gap)
        .trimEnd(),
    )
    .join('\n');
}

interface Wanted {
  readonly width: number;
  /** A number that lacks digits is another number. */
  readonly isNumber: boolean;
}

/** The widths of as many columns as fit, from the left. */
function fit(columns: readonly Wanted[], room: number): readonly number[] {
  const widths = columns.map((column) => column.width);
  const isShrinkable = (cells: number, index: number) =>
    columns[index]?.isNumber === false && cells > narrowest;
  for (let excess = sum(widths) + gap.length * (widths.length - 1) - room; excess > 0; excess -= 1) {
    const widest = Math.max(...widths.filter(isShrinkable));
    const index = widths.findLastIndex((cells, at) => cells === widest && isShrinkable(cells, at));
    if (index >= 0) widths[index] = widest - 1;
    else if (columns.length > 1) return fit(columns.slice(0, -1), room);
    else return [room];
  }
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
