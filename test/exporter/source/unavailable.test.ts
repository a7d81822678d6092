import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reasonOf, reasons } from '../../../exporter/source/unavailable.ts';

function errno(code: string): Error {
  return Object.assign(new Error(`${code}: read`), { code });
}

test.each([
  ['EACCES', 'permission_denied'],
  ['EPERM', 'permission_denied'],
  ['ENOENT', 'not_supported_by_kernel'],
  ['EMFILE', 'too_many_open_files'],
  ['ESRCH', 'vanished'],
  ['ENODEV', 'vanished'],
  ['EIO', 'read_error'],
  ['ENOTSUP', 'not_supported_by_kernel'],
])('%s is %s', (code, reason) => {
  expect(reasonOf(errno(code))).toBe(reason);
});

test('an error of the system itself, and one that is none', () => {
  expect(reasonOf(readError('/proc/0/stat'))).toBe('not_supported_by_kernel');
  expect(reasonOf(readError('/proc/self'))).toBe('read_error');
  expect(reasonOf('constructor')).toBe('read_error');
});

test.each(Object.entries(reasons))('%s is explained', (word, { sentence, advice }) => {
  expect(word).toMatch(/^[a-z][a-z0-9_]*$/);
  expect(sentence).toMatch(/^\S.+\.$/);
  expect(advice).toMatch(/^\S.+\.$/);
});

function readError(path: string): unknown {
  try {
    return readFileSync(path);
  } catch (error) {
    return error;
  }
}
