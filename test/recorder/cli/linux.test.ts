import { expect, test } from 'vitest';
import { requireLinux } from '../../../recorder/cli/linux.ts';

test('elsewhere than on Linux it is one sentence', () => {
  expect(() => {
    requireLinux('darwin');
  }).toThrow(
    'kubemon reads the Linux kernel, and this is darwin: run it on Linux, in a Linux container or in a cluster.',
  );
  expect(() => {
    requireLinux('linux');
  }).not.toThrow();
});
