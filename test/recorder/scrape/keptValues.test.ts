import { expect, test } from 'vitest';
import { createKeptValues } from '../../../recorder/scrape/keptValues.ts';
import { headLengthField, lengthField, seriesFields, sizeFields } from '../../../recorder/scrape/notes.ts';
import { viewOf } from '../../../recorder/scrape/sameBytes.ts';

/** A body in which each value has so many bytes before it. */
function bodyOf(values: readonly string[], gap: number) {
  const series = new Int32Array(values.length * seriesFields);
  const sizes = new Int32Array(values.length * sizeFields);
  for (const [sample, value] of values.entries()) {
    series[sample * seriesFields + headLengthField] = gap;
    sizes[sample * sizeFields + lengthField] = value.length;
  }
  const text = values.map((value) => 'x'.repeat(gap) + value).join('');
  return { view: viewOf(Buffer.from(text)), noted: { series, sizes }, samples: values.length };
}

function textOf({ buffer, byteOffset }: DataView, length: number): string {
  return Buffer.from(buffer, byteOffset, length).toString();
}

test('values of any length are kept one behind the other, also at the very end of a body', () => {
  for (const gap of [0, 1, 100]) {
    const keep = createKeptValues();
    for (const values of [
      ['1'],
      ['12345', '6', '', '789'],
      ['1', '22', '333', '4444', '55555', '0.1234567890123'],
    ]) {
      const { view, noted, samples } = bodyOf(values, gap);
      const all = values.join('');
      expect(textOf(keep(view, noted, samples), all.length)).toBe(all);
    }
  }
});

test('memory is used again, and given back when the values have become few', () => {
  const keep = createKeptValues();
  const many = bodyOf(
    Array.from({ length: 5000 }, () => '12345'),
    10,
  );
  const few = bodyOf(['1'], 10);
  const first = keep(many.view, many.noted, many.samples);
  expect(keep(many.view, many.noted, many.samples)).toBe(first);
  expect(keep(few.view, few.noted, few.samples).byteLength).toBeLessThan(100);
});
