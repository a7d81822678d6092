import { expect, test } from 'vitest';
import { nearest } from '../../../recorder/cli/nearest.ts';

test.each([
  ['tset000', 'test000'],
  ['TEST001', 'test001'],
  ['test01', 'test001'],
  ['baselin', 'baseline'],
  ['baseline2', 'baseline'],
  ['something', undefined],
  ['', undefined],
])('%j: %j was meant', (typed, meant) => {
  expect(nearest(typed, ['test000', 'test001', 'baseline'])).toBe(meant);
});
