import type { PartReport } from './report.ts';
import { figureTable, textTable } from './textTable.ts';

/** A part's results in Markdown. @param pictures where the plots lie; absent: they are left out. */
export function reportText({ title, figures, tables, plots, notes }: PartReport, pictures?: string): string {
  const shown = [...(figures.length > 0 ? [figureTable('Goals', figures)] : []), ...tables];
  return [
    `### ${title}`,
    ...shown.map(textTable),
    ...(pictures === undefined ? [] : plots.map((plot) => `![${plot.title}](${pictures}/${plot.name}.svg)`)),
    ...notes,
  ].join('\n\n');
}
