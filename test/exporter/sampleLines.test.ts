import { expect, test } from 'vitest';
import { createGrowingText } from '../../exporter/growingText.ts';
import { createRowChanges } from '../../exporter/rowChanges.ts';
import { createSampleLines } from '../../exporter/sampleLines.ts';
import { labels, type Row } from '../../exporter/snapshot.ts';

const identities = ['1', '2', '3'].map((pid) => labels(['pid', 'comm'], [pid, 'a b']));

function rowsOf(...values: readonly (number | undefined)[]): readonly Row[] {
  return values.flatMap((value, at): Row | never[] => {
    const identity = identities[at];
    return identity === undefined ? [] : { labels: identity, readings: { file: { field: value } } };
  });
}

/** Renders one metric, as from scrape to scrape. */
function open(): (rows: readonly Row[], isRead: boolean) => Buffer {
  const parts = { name: 'm', mode: '', file: 'file', field: 'field', format: String };
  const lines = createSampleLines(parts, createGrowingText());
  const follow = createRowChanges();
  return (rows, isRead) => lines(rows, follow(rows), isRead);
}

test.each([
  ['of as many digits', rowsOf(77, 20, 99)],
  ['of another number of digits', rowsOf(7, 20, 12345)],
  ['that comes', rowsOf(10, 20, 30)],
])('what somebody still reads is not changed by a value %s', (_, next) => {
  const render = open();
  const first = render(rowsOf(10, 20, undefined), true);
  const text = first.toString();
  const second = render(next, true);
  expect(first.toString()).toBe(text);
  expect(second.toString()).toBe(open()(next, true).toString());
});

test('a value of as many digits is written over the one that nobody reads any more', () => {
  const render = open();
  const first = render(rowsOf(10, 20, 30), true);
  render(rowsOf(10, 99, 30), false);
  expect(first.toString()).toBe(
    'm{pid="1",comm="a b"} 10\nm{pid="2",comm="a b"} 99\nm{pid="3",comm="a b"} 30\n',
  );
});

test('a value as long as the end of its labels and the old one is no value of as many digits', () => {
  const render = open();
  render(rowsOf(1, 2, 3), true);
  // b"} 2 is as long, and has a space before it, too.
  expect(render(rowsOf(1, 12345, 3), false).toString()).toBe(
    'm{pid="1",comm="a b"} 1\nm{pid="2",comm="a b"} 12345\nm{pid="3",comm="a b"} 3\n',
  );
});
