import { plot } from '../plot.ts';
import type { Plot } from '../report.ts';
import type { SideBySide } from './sideBySide.ts';
import type { SizeCost } from './sizes.ts';

/** Who costs what, a bar each. */
export async function costChart(measured: readonly SideBySide[]): Promise<Plot> {
  const values = measured.flatMap(({ work, exporters, floor }) =>
    [{ name: 'the floor', cpuPerScrape: floor.cpu }, ...exporters].map(({ name, cpuPerScrape }) => ({
      name,
      work,
      cpu: Math.round(cpuPerScrape * 10_000) / 10,
    })),
  );
  const title = 'CPU of one scrape, in ms';
  const y = { field: 'name', type: 'nominal', sort: null, title: null } as const;
  const x = { field: 'cpu', type: 'quantitative', title } as const;
  return plot('exporter-cost', title, {
    data: { values },
    facet: { row: { field: 'work', type: 'nominal', title: null } },
    spec: {
      width: 520,
      layer: [
        { mark: 'bar', encoding: { x, y } },
        {
          mark: { type: 'text', align: 'left', dx: 4 },
          encoding: { x, y, text: { field: 'cpu', type: 'quantitative' } },
        },
      ],
    },
  });
}

/** How CPU grows with processes, a line for so many containers. */
export async function sizeChart(sizes: readonly SizeCost[]): Promise<Plot> {
  const values = sizes.flatMap(({ cost, floor, stages }) =>
    (
      [
        ['a whole scrape', cost.cpuPerScrape],
        ['reading and parsing', stages.collecting],
        ['the floor', floor.cpu],
      ] as const
    ).map(([part, seconds]) => ({
      part,
      cpu: seconds * 1000,
      processes: cost.shown.processes,
      containers: cost.shown.containers,
    })),
  );
  const title = 'CPU of one scrape over processes, in ms';
  return plot('exporter-sizes', title, {
    width: 520,
    height: 320,
    data: { values },
    mark: { type: 'line', point: { size: 60 } },
    encoding: {
      x: { field: 'processes', type: 'quantitative' },
      y: { field: 'cpu', type: 'quantitative', title },
      color: { field: 'part', type: 'nominal', sort: null, title: null },
      strokeDash: { field: 'containers', type: 'nominal', title: 'containers' },
      shape: { field: 'containers', type: 'nominal' },
    },
  });
}
