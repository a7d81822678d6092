import { expect, test } from 'vitest';
import { holdReading, Vanished } from '../../../exporter/source/heldReading.ts';

/** A file whose reads fail with these codes of errors, one after the other, and then give "7". */
function failingFile(...codes: readonly string[]) {
  let reads = 0;
  return {
    read: () => {
      const code = codes[reads++];
      if (code !== undefined) throw Object.assign(new Error(code), { code });
      return Buffer.from('7');
    },
    close: () => {},
    reads: () => reads,
  };
}

const parse = (text: Uint8Array) => ({ value: Number(text) });

test('gives what the file holds', () => {
  expect(holdReading(failingFile(), parse, () => 'vanished').read()).toEqual({ value: 7 });
});

test.each([
  ['EACCES', 'permission_denied'],
  ['ENOENT', 'not_supported_by_kernel'],
])('a file that fails with %s is left alone for a while', (code, reason) => {
  const file = failingFile(code);
  const reading = holdReading(file, parse, () => 'not_supported_by_kernel');
  expect(Array.from({ length: 16 }, () => reading.read())).toEqual(Array.from({ length: 16 }, () => reason));
  expect(file.reads()).toBe(1);
  expect(reading.read()).toEqual({ value: 7 });
});

test.each([
  ['EMFILE', 'too_many_open_files'],
  ['EIO', 'read_error'],
])('one that fails with %s is tried again the next time', (code, reason) => {
  const reading = holdReading(failingFile(code), parse, () => 'vanished');
  expect(reading.read()).toBe(reason);
  expect(reading.read()).toEqual({ value: 7 });
});

test.each(['ESRCH', 'ENODEV', 'ENOENT'])('what fails with %s may have vanished', (code) => {
  const reading = holdReading(failingFile(code), parse, () => 'vanished');
  expect(() => reading.read()).toThrow(Vanished);
});
