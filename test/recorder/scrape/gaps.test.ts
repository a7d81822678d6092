import { expect, test } from 'vitest';
import { createGaps, type Gaps } from '../../../recorder/scrape/gaps.ts';

function add(gaps: Gaps, text: string, guess?: number): number {
  const body = Buffer.from(`<${text}>`, 'latin1');
  return gaps.add(body, 1, body.length - 1, guess);
}

function textAt(gaps: Gaps, start: number, length: number): string {
  const { buffer, byteOffset } = gaps.view();
  return Buffer.from(buffer, byteOffset + start, length).toString('latin1');
}

test('the same bytes are kept once, also those that are no text', () => {
  const gaps = createGaps();
  const first = add(gaps, '\nup{');
  const second = add(gaps, 'a="\u00ff\u0080"} ');
  expect(add(gaps, '\nup{')).toBe(first);
  expect(add(gaps, 'a="\u00ff\u0080"} ')).toBe(second);
  gaps.settle(gaps.size(), 1);
  expect(add(gaps, '\nup{', first)).toBe(first);
  expect(gaps.size()).toBe(4 + 8);
  expect(textAt(gaps, first, 4)).toBe('\nup{');
  expect(textAt(gaps, second, 8)).toBe('a="\u00ff\u0080"} ');
});

test('a guess counts only where just these bytes are', () => {
  const gaps = createGaps();
  const first = add(gaps, 'abc');
  const second = add(gaps, 'abd');
  expect(add(gaps, 'abd', first)).toBe(second);
  expect(add(gaps, 'abd', second)).toBe(second);
  expect(add(gaps, 'abdx', second)).toBe(6);
  expect(add(gaps, 'c', first + 2)).toBe(first + 2);
  expect(add(gaps, 'z', -1)).toBe(10);
});

test('what was added behind a size is left out, and may be added again', () => {
  const gaps = createGaps();
  add(gaps, 'abc');
  gaps.settle(gaps.size(), 1);
  add(gaps, 'defgh');
  gaps.settle(3, 1);
  expect(gaps.size()).toBe(3);
  expect(add(gaps, 'defgh')).toBe(3);
  expect(add(gaps, 'defgh')).toBe(3);
  expect(add(gaps, 'abc', 0)).toBe(0);
});

test('of nothing, and of more than 64 KiB, nothing is kept', () => {
  const gaps = createGaps();
  expect(add(gaps, '')).toBe(0);
  expect(add(gaps, '#'.repeat((1 << 16) + 1))).toBeLessThan(0);
  expect(gaps.size()).toBe(0);
  expect(add(gaps, '#'.repeat(1 << 16))).toBe(0);
});

test('it is wasteful with more than twice the bytes a sample, or of twice as many samples', () => {
  const gaps = createGaps();
  add(gaps, 'abcd');
  gaps.settle(gaps.size(), 10);
  add(gaps, 'efgh');
  gaps.settle(gaps.size(), 10);
  expect(gaps.isWasteful(10)).toBe(false);
  expect(gaps.isWasteful(5)).toBe(false);
  expect(gaps.isWasteful(4)).toBe(true);
  add(gaps, 'i');
  gaps.settle(gaps.size(), 10);
  expect(gaps.isWasteful(10)).toBe(true);
  expect(gaps.isWasteful(12)).toBe(false);
});

test('memory of what was left out is given back', () => {
  const gaps = createGaps();
  add(gaps, 'abcd');
  gaps.settle(gaps.size(), 1);
  for (let part = 0; part < 100; part++) add(gaps, `${part}${'x'.repeat(1000)}`);
  gaps.settle(4, 1);
  expect(gaps.view().byteLength).toBe(4);
  expect(textAt(gaps, 0, 4)).toBe('abcd');
});
