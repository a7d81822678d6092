import { expect, test } from 'vitest';
import { versionIn } from './prometheusProgram.ts';

test('the version of a release, and of a build that tells none', () => {
  expect(
    versionIn(
      'prometheus, version 2.42.0+ds (branch: debian/sid, revision: 2.42.0+ds-5+deb12u1)\n  go version:       go1.19.8\n',
    ),
  ).toBe('2.42.0+ds');
  expect(
    versionIn('prometheus, version  (branch: , revision: unknown)\n  go version:       go1.26.8\n'),
  ).toBe('of unknown version (built with go1.26.8)');
});
