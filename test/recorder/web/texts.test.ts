import { expect, test } from 'vitest';
import { createEventReader } from '../../../recorder/web/eventText.ts';
import { bytes, milliseconds, nextName, quantity, share, span } from '../../../recorder/web/quantity.ts';
import { createSlots } from '../../../recorder/web/slots.ts';
import { startQuery } from '../../../recorder/web/startQuery.ts';
import { linkTo, viewOf } from '../../../recorder/web/state.ts';

test.each([
  [quantity(undefined, 'cores'), '–'],
  [quantity(0, 'cores'), '0'],
  [quantity(0.0314, 'cores'), '0.031'],
  [quantity(1.999, 'cores'), '2.00'],
  [quantity(1536, 'bytesPerSecond'), '1.5 KiB/s'],
  [bytes(0), '0 B'],
  [bytes(1023), '1023 B'],
  [bytes(1024), '1 KiB'],
  [bytes(120 * 2 ** 20), '120 MiB'],
  [bytes(2 ** 70), '1048576 PiB'],
  [share(1), '100 %'],
  [share(0.99999), '99.99 %'],
  [share(0.5), '50.0 %'],
  [milliseconds(0.00031), '0.31 ms'],
  [milliseconds(0.059), '59 ms'],
  [milliseconds(1.25), '1.3 s'],
  [span(0.5), '0.5 s'],
  [span(59), '59 s'],
  [span(750), '12:30'],
  [span(3723), '1:02:03'],
  [span(2 * 86_400 + 3600), '2 d 01:00:00'],
  [nextName([]), 'test000'],
  [nextName(['test009', 'load', 'test2']), 'test010'],
])('%s is %s', (text, expected) => {
  expect(text).toBe(expected);
});

test('events come whole, however the stream is cut', () => {
  const read = createEventReader();
  expect(read('retry: 2000\n\nevent: tick\nda')).toEqual([]);
  expect(read('ta: {"a":1}\n')).toEqual([]);
  expect(read('\n: still here\n\nevent: stop\ndata: {}\n\n')).toEqual([
    { event: 'tick', data: '{"a":1}' },
    { event: 'stop', data: '{}' },
  ]);
});

test('a line keeps its colour while it is drawn', () => {
  const slots = createSlots(3);
  slots.assign(['a', 'b', 'c']);
  slots.assign(['c', 'd', 'a']);
  expect(['a', 'b', 'c', 'd'].map((key) => slots.of(key))).toEqual([0, -1, 2, 1]);
});

test('the form to start a run becomes a query', () => {
  const fields: Readonly<Record<string, string>> = {
    interval: ' 0.5 ',
    for: '',
    labels: 'load=high, note = a=b ,',
  };
  const query = startQuery((name) => fields[name] ?? '');
  expect(Object.fromEntries(query)).toEqual({ interval: '0.5', 'label.load': 'high', 'label.note': 'a=b' });
  expect(() => startQuery((name) => (name === 'labels' ? 'load' : ''))).toThrow(
    '"load" is no label: write KEY=VALUE, with commas between labels.',
  );
});

test('an address leads to a view', () => {
  expect(viewOf('')).toEqual({ name: 'now' });
  expect(viewOf('#/runs/%ff')).toEqual({ name: 'run', run: '%ff' });
  expect(viewOf(linkTo('test000'))).toEqual({ name: 'run', run: 'test000' });
});
