import { expect, test } from 'vitest';
import { daemonAddress, daemonAt } from './daemonAddress.ts';

test('each daemon has an address, and an address is one daemon', () => {
  expect([0, 254, 255, 9999].map(daemonAddress)).toEqual([
    '198.18.0.1',
    '198.18.0.255',
    '198.18.1.0',
    '198.18.39.16',
  ]);
  const all = Array.from({ length: 10_000 }, (_, daemon) => daemon);
  expect(all.map((daemon) => daemonAt(daemonAddress(daemon)))).toEqual(all);
});
