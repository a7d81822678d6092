import type { RunData } from '../read/runData.ts';

/** A part of a run. Absent: the run's own end. Times as in the files. */
export interface Window {
  readonly from?: string;
  readonly to?: string;
}

export interface MarkNames {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * The time between two marks. Where a label was given more than once, `from` is the first of them, and `to`
 * the first behind that.
 * @throws naming the marks that there are.
 */
export async function windowOf(run: RunData, { from, to }: MarkNames): Promise<Window> {
  if (from === undefined && to === undefined) return {};
  const marks: { readonly timestamp: string; readonly label: string }[] = [];
  for await (const rows of run.rows('marks.csv')) {
    for (const [timestamp = '', label = ''] of rows) marks.push({ timestamp, label });
  }
  function find(label: string, after: string): string {
    const mark = marks.find((each) => each.label === label && each.timestamp > after);
    if (mark !== undefined) return mark.timestamp;
    const labels = [...new Set(marks.map((each) => each.label))].slice(0, 20);
    const known =
      labels.length === 0 ? 'It has no marks.' : `Its marks are ${labels.map(quoted).join(', ')}.`;
    const place = after === '' ? '' : ` behind ${quoted(from ?? '')}`;
    throw new Error(`${run.manifest.run} has no mark ${quoted(label)}${place}. ${known}`);
  }
  const start = from === undefined ? undefined : find(from, '');
  const end = to === undefined ? undefined : find(to, start ?? '');
  return { ...(start !== undefined && { from: start }), ...(end !== undefined && { to: end }) };
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

/** Whether a tick lies in it. */
export function isWithin({ from = '', to }: Window, timestamp: string): boolean {
  return timestamp >= from && (to === undefined || timestamp <= to);
}
