import type uPlot from 'uplot';
import { expect, test } from 'vitest';
import { axisValues } from '../../../recorder/web/axes.ts';

test.each([
  [0.25, [0, 0.25, 0.5, 0.75], ['0.00', '0.25', '0.50', '0.75']],
  [0.1, [0, 0.1, 0.2, 0.30000000000000004], ['0.0', '0.1', '0.2', '0.3']],
  [2.5, [0, 2.5, 5], ['0.0', '2.5', '5.0']],
  [20, [0, 20, 40], ['0', '20', '40']],
])('cores in steps of %d are told to the digit', (step, splits, texts) => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the chart itself is not looked at
  expect(axisValues('cores')({} as uPlot, splits, 0, 0, step)).toEqual(texts);
});
