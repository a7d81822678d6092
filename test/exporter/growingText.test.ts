import { array, assert, nat, oneof, property, string, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import { createGrowingText } from '../../exporter/growingText.ts';

test('texts and parts of an earlier text come out one behind the other', () => {
  const written = string({ unit: 'binary', maxLength: 300 });
  const copied = tuple(nat(100), nat(100));
  assert(
    property(string({ minLength: 100 }), array(array(oneof(written, copied))), (earlier, texts) => {
      const source = Buffer.from(earlier);
      const text = createGrowingText();
      for (const parts of texts) {
        const expected: Buffer[] = [];
        text.begin();
        for (const part of parts) {
          if (typeof part === 'string') {
            text.write(part);
            expected.push(Buffer.from(part));
          } else {
            const [start, end] = part.toSorted((a, b) => a - b);
            text.copy(source, start ?? 0, end ?? 0);
            expected.push(source.subarray(start, end));
          }
          expect(text.length).toBe(Buffer.concat(expected).length);
        }
        expect(text.end().equals(Buffer.concat(expected))).toBe(true);
      }
    }),
  );
});

test('a text of megabytes finds room', () => {
  const text = createGrowingText();
  text.begin();
  const line = 'x'.repeat(1000);
  for (let lines = 0; lines < 5000; lines++) text.write(line);
  expect(text.end().toString()).toBe(line.repeat(5000));
});
