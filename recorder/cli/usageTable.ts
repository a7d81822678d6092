import { stripVTControlCharacters } from 'node:util';
import {
  type Measure,
  measures,
  scopes,
  type Usage,
  type UsageScope,
  type UsageSort,
  type UsageSummary,
} from '../summary/usage.ts';
import { plain, shortened } from './plain.ts';
import { bytes, count, counted, moment } from './quantity.ts';
import { type Column, table } from './table.ts';

export interface UsageView {
  /** Rows of each table. */
  readonly top: number;
  readonly sort: UsageSort;
  /** Of the terminal, in characters; undefined: as wide as it takes. */
  readonly width: number | undefined;
}

const titles: Readonly<Record<UsageScope, string>> = {
  node: 'NODE',
  container: 'CONTAINER',
  process: 'PROCESS',
};

const measureTitles: Readonly<Record<Measure, string>> = {
  cpuCores: 'CPU',
  memoryBytes: 'MEMORY',
  diskReadBytesPerSecond: 'READ/s',
  diskWrittenBytesPerSecond: 'WRITTEN/s',
  networkReceiveBytesPerSecond: 'RECEIVED/s',
  networkTransmitBytesPerSecond: 'SENT/s',
};

/** A name may take so much of a narrow terminal. */
const longestName = 28;

export function showUsage(summary: UsageSummary, view: UsageView): string {
  const { run, state, from, to, ticks, isExact, found, usage } = summary;
  const time = from === undefined || to === undefined ? '' : `, ${moment(from)} to ${moment(to)} UTC`;
  const lines = [`${plain(run)} (${state}): ${counted(ticks, 'tick')}${time}`];
  for (const scope of scopes) {
    const all = usage[scope];
    if (all === undefined) continue;
    lines.push('', usageTable(scope, all.slice(0, view.top), view));
    const more = (found[scope] ?? 0) - view.top;
    if (more > 0) lines.push(`and ${count(more)} more (--top)`);
  }
  if (!isExact) lines.push('', 'There are so many values that P95 is off by up to 1 % of itself.');
  return lines.join('\n');
}

/** As many measures as fit: those sorted by come first. */
function usageTable(scope: UsageScope, all: readonly Usage[], { sort, width }: UsageView): string {
  const shown = ordered(sort).filter((measure) => all.some((usage) => usage[measure] !== undefined));
  const isNarrow = width !== undefined;
  const name: Column<Usage> = {
    title: titles[scope],
    cell: (usage) => shortened(plain(nameOf(scope, usage)), isNarrow ? longestName : Infinity),
  };
  const isOnNodes = scope !== 'node' && new Set(all.map(({ node }) => node)).size > 1;
  const names = isOnNodes ? [name, { title: 'NODE', cell: ({ node }: Usage) => node }] : [name];
  for (let number = shown.length; number > 1; number--) {
    const text = table(all, [...names, ...shown.slice(0, number).flatMap(columnsOf)], Infinity);
    const widest = Math.max(...text.split('\n').map((line) => stripVTControlCharacters(line).length));
    if (width === undefined || widest <= width) return text;
  }
  return table(all, [...names, ...shown.slice(0, 1).flatMap(columnsOf)], width ?? Infinity);
}

function ordered(sort: UsageSort): readonly Measure[] {
  const [cpu, memory, ...io] = measures;
  if (sort === 'cpu') return [cpu, memory, ...io];
  return sort === 'memory' ? [memory, cpu, ...io] : [...io, cpu, memory];
}

function columnsOf(measure: Measure): readonly Column<Usage>[] {
  const text = (value: number | undefined) => (value === undefined ? undefined : quantity(measure, value));
  const right = { align: 'right' } as const;
  return [
    { title: measureTitles[measure], ...right, cell: (usage) => text(usage[measure]?.mean) },
    { title: 'P95', ...right, cell: (usage) => text(usage[measure]?.p95) },
    { title: 'MAX', ...right, cell: (usage) => text(usage[measure]?.max) },
  ];
}

function quantity(measure: Measure, value: number): string {
  if (measure === 'cpuCores') return value.toFixed(value < 9.995 ? 3 : 1);
  return bytes(Math.round(value));
}

/** Node; pod/container; container: comm (pid). What is not known is told by its id. */
function nameOf(scope: UsageScope, usage: Usage): string {
  if (scope === 'node') return usage.node;
  const { pod = '', container = '', containerId = '', comm = '', pid = '' } = usage;
  const name = container === '' ? containerId : container;
  if (scope === 'process') return `${comm} (${pid}) ${name}`;
  return pod === '' ? name : `${pod}/${name}`;
}
