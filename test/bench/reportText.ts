import type { PartReport } from './report.ts';
import { figureTable, textTable } from './textTable.ts';

/** Where results are shown with what they were measured on, and with their plots. */
export interface Document {
  readonly machine: string;
  /** Folder of the plots. */
  readonly plots: string;
}

/** A part's results in Markdown. @param document absent: a terminal */
export function reportText(
  { title, figures, tables, plots, notes }: PartReport,
  document?: Document,
): string {
  const shown = [...(figures.length > 0 ? [figureTable('Goals', figures)] : []), ...tables];
  return [
    `### ${title}`,
    ...(document === undefined ? [] : [document.machine]),
    ...shown.map(textTable),
    ...(document === undefined
      ? []
      : plots.map((plot) => `![${plot.title}](${document.plots}/${plot.name}.svg)`)),
    ...notes,
  ].join('\n\n');
}
