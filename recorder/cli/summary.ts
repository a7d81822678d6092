import type { Manifest } from '../api.ts';
import { paint, verdictWord } from './output.ts';
import { plain } from './plain.ts';
import { bytes, count, counted, precise } from './quantity.ts';
import { table } from './table.ts';

/** A run at a glance: files with rows, daemons, ticks, alignment, verdict with reasons, where it is. */
export function summary(manifest: Manifest, path: string): string {
  const { ticks, alignment, verdict, expected } = manifest;
  const daemons = manifest.daemons.filter(({ role }) => role === 'daemon').length;
  const files = table(manifest.files, [
    { title: 'FILE', cell: ({ name }) => name },
    { title: 'ROWS', align: 'right', cell: ({ rows }) => count(rows) },
    { title: 'SIZE', align: 'right', cell: ({ bytes: size }) => bytes(size) },
  ]);
  const facts = [
    ['Run', `${plain(manifest.run)} (${manifest.state})`],
    ['Daemons', `${daemons} recorded, ${expected.count} expected`],
    ['Ticks', `${count(ticks.done)} of ${counted(ticks.planned, 'planned tick')}${dropped(ticks.dropped)}`],
    ['Alignment', aligned(alignment)],
    ['Verdict', paint('bold', verdictWord(verdict))],
    ...verdict.reasons.map((reason) => ['', `- ${plain(reason)}`] as const),
    ['Folder', plain(path)],
  ] as const;
  return `${files}\n\n${facts.map(([name, text]) => name.padEnd(11) + text).join('\n')}`;
}

function dropped(number: number): string {
  return number === 0 ? '' : `, ${count(number)} dropped`;
}

function aligned({ p99Seconds, maxSeconds, errorSeconds }: Manifest['alignment']): string {
  if (p99Seconds === undefined || maxSeconds === undefined) return 'not measured: no answer told its clock';
  const error = errorSeconds === undefined ? '' : `, measured to ${precise(errorSeconds)}`;
  return `p99 ${precise(p99Seconds)}, max ${precise(maxSeconds)} off the tick${error}`;
}
