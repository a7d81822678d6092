import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { openFilesLimit } from '../../../exporter/source/openFiles.ts';

test('the limit of open files is that of this process', () => {
  const limit = execFileSync('awk', ['/open files/ {print $4}', `/proc/${process.pid}/limits`], {
    encoding: 'utf8',
  }).trim();
  expect(openFilesLimit()).toBe(limit === 'unlimited' ? Infinity : Number(limit));
});
