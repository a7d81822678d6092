import { plot } from '../plot.ts';
import type { Plot } from '../report.ts';
import { percentile } from './spread.ts';
import type { Measured } from './ways.ts';
import { wayNames } from './tables.ts';

const title = 'Spread of the sample moments of a tick, median and largest';

/** https://vega.github.io/vega-lite/docs/scale.html#log */
export function spreadChart(measured: readonly Measured[]): Promise<Plot> {
  const values = measured.map(({ way, delay, spread }) => ({
    way: wayNames[way],
    delay: `${delay} ms`,
    median: percentile(spread.spreads, 50) * 1000,
    largest: percentile(spread.spreads, 100) * 1000,
  }));
  const delays = [...new Set(values.map(({ delay }) => delay))];
  return plot('alignment', title, {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title,
    width: 420,
    height: 260,
    background: 'white',
    data: { values },
    encoding: {
      x: {
        field: 'delay',
        type: 'ordinal',
        sort: delays,
        title: 'mean delay each way',
        axis: { labelAngle: 0 },
      },
      color: {
        field: 'way',
        type: 'nominal',
        sort: Object.values(wayNames),
        title: null,
        legend: { labelLimit: 240 },
      },
    },
    layer: [
      {
        mark: { type: 'line', point: { filled: true, size: 70 } },
        encoding: {
          y: {
            field: 'median',
            type: 'quantitative',
            scale: { type: 'log' },
            title: 'milliseconds between first and last sample',
          },
        },
      },
      {
        mark: { type: 'rule' },
        encoding: { y: { field: 'median', type: 'quantitative' }, y2: { field: 'largest' } },
      },
    ],
  });
}
