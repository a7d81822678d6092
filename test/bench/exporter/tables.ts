import type { Table } from '../report.ts';
import type { SideBySide } from './sideBySide.ts';
import type { SizeCost } from './sizes.ts';
import { megabytes, microseconds, milliseconds, times } from './units.ts';

/** Who costs what beside one fleet. */
export function costTable({ work, size, exporters, floor, secondsApart }: SideBySide): Table {
  return {
    title: `${size.containers} ${work} containers with ${size.processes} processes, rounds ${secondsApart.toFixed(2)} s apart`,
    columns: ['', 'CPU a scrape', 'CPU a second idle', 'answered in (p50)', 'RSS', 'series', 'bytes'],
    rows: [
      [`the floor (${floor.files} files)`, milliseconds(floor.cpu)],
      ...exporters.map((cost) => [
        cost.name,
        milliseconds(cost.cpuPerScrape),
        cost.cpuIdle === undefined ? '' : milliseconds(cost.cpuIdle),
        milliseconds(cost.answered),
        megabytes(cost.resident),
        String(cost.series),
        String(cost.bytes),
      ]),
    ],
  };
}

export function sizeTable(sizes: readonly SizeCost[]): Table {
  return {
    title: 'kubemon with stand-in containers, a scrape a second',
    columns: [
      'processes',
      'containers',
      'CPU a scrape',
      'a process',
      'collecting',
      'rendering',
      'collection_seconds (wall)',
      'floor',
      'collecting / floor',
      'RSS',
      'series',
      'bytes',
    ],
    rows: sizes.map(({ cost, floor, stages }) => [
      String(cost.shown.processes),
      String(cost.shown.containers),
      milliseconds(cost.cpuPerScrape),
      microseconds(cost.cpuPerScrape / cost.shown.processes),
      milliseconds(stages.collecting),
      milliseconds(stages.rendering),
      milliseconds(cost.collection?.median ?? Number.NaN),
      milliseconds(floor.cpu),
      times(stages.collecting / floor.cpu),
      megabytes(cost.resident),
      String(cost.series),
      String(cost.bytes),
    ]),
  };
}
