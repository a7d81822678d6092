import { assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { plain } from '../../../recorder/cli/plain.ts';

test('what a process calls itself cannot move the cursor, colour, break the line or turn the text', () => {
  expect(plain('\u001B[31mred\u001B[0m')).toBe('red');
  expect(plain('\u001B]0;title\u0007bash')).toBe('bash');
  expect(plain('a\nb\tc\rd\u0000e\u007Ff\u009Bg')).toBe('a b cdef');
  expect(plain('user\u202Egpj.exe\u200B\uFEFF')).toBe('usergpj.exe');
});

test('text of every language stays', () => {
  expect(plain('größe 大小 размер 🐳')).toBe('größe 大小 размер 🐳');
});

test('no text leaves a control character', () => {
  assert(
    property(string({ unit: 'binary' }), (text) => {
      expect(plain(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});
