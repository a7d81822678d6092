import { expect, test } from 'vitest';
import { visibleJson } from '../../../exporter/serve/visibleJson.ts';
import { unseen } from '../../support/hostileTexts.ts';

test('what a terminal would obey or hide is escaped', () => {
  expect(visibleJson(JSON.stringify('\u009B31m\u202Egpj\u007F\u2028'))).toBe(
    String.raw`"\u009b31m\u202egpj\u007f\u2028"`,
  );
  expect(visibleJson(JSON.stringify('\u{E0041}'))).toBe(String.raw`"\udb40\udc41"`);
});

test('text of every language stays, and so do the lines of indented JSON', () => {
  const text = JSON.stringify({ name: 'größe 大小 🐳' }, undefined, 2);
  expect(visibleJson(text)).toBe(text);
});

test('none of all characters stays that would act, and all keep their value', () => {
  // Of the other planes all is letters, signs or nothing.
  for (const plane of [0, 1, 14]) {
    const points = Array.from({ length: 0x10000 }, (_, index) => plane * 0x10000 + index);
    const text = points.map((point) => String.fromCodePoint(point)).join('');
    expect(unseen(text)).not.toEqual([]);
    const visible = visibleJson(JSON.stringify(text));
    expect(unseen(visible)).toEqual([]);
    expect(JSON.parse(visible) === text).toBe(true);
  }
});
