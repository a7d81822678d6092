import type { Figure, Table } from './report.ts';

/** The goals of a part as a table. */
export function figureTable(title: string, figures: readonly Figure[]): Table {
  return {
    title,
    columns: ['what', 'measured', 'ratio', 'goal', 'met'],
    rows: figures.map(({ what, measured, ratio = '', goal = '', isMet }) => [
      what,
      measured,
      ratio,
      goal,
      isMet === undefined ? '' : isMet ? 'yes' : 'no',
    ]),
  };
}

/** A table in Markdown, its columns aligned, so that it reads well in a terminal, too. */
export function textTable({ title, columns, rows }: Table): string {
  const all = [columns, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = columns.map((_, index) => Math.max(3, ...all.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, index) => (row[index] ?? '').padEnd(width)).join(' | ')} |`;
  const [head = [], ...body] = all;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [`**${title}**`, '', line(head), rule, ...body.map(line)].join('\n');
}
