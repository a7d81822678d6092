import { plot } from '../plot.ts';
import type { Plot } from '../report.ts';
import type { LoadResult } from './loadResult.ts';

/** CPU and memory side by side; where the recorder no longer holds the point is a cross. */
export function growthPlot(
  id: string,
  title: string,
  what: string,
  rows: readonly (LoadResult & { readonly size: number })[],
): Promise<Plot> {
  const values = rows.map(({ size, cpuPerTick, highest, problem }) => ({
    size,
    cpu: cpuPerTick * 1000,
    memory: highest / 1e6,
    state: problem === undefined ? 'holds' : 'breaks',
  }));
  const chart = (field: 'cpu' | 'memory', name: string) => ({
    width: 280,
    height: 200,
    layer: [
      { mark: { type: 'line' as const } },
      { mark: { type: 'point' as const, filled: true, size: 70 } },
    ].map((layer, index) => ({
      ...layer,
      encoding: {
        x: { field: 'size', type: 'quantitative' as const, title: what },
        y: { field, type: 'quantitative' as const, title: name },
        ...(index === 1 && {
          shape: {
            field: 'state',
            type: 'nominal' as const,
            scale: { domain: ['holds', 'breaks'], range: ['circle', 'cross'] },
            title: null,
          },
        }),
      },
    })),
  });
  return plot(id, title, {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title,
    background: 'white',
    data: { values },
    hconcat: [chart('cpu', 'CPU a tick, ms'), chart('memory', 'peak memory, MB')],
  });
}
