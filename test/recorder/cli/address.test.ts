import { expect, test } from 'vitest';
import { baseUrl } from '../../../recorder/cli/address.ts';

test.each([
  ['localhost', 'http://localhost:9880'],
  ['node1:8080', 'http://node1:8080'],
  ['node1:80', 'http://node1'],
  ['10.0.0.1', 'http://10.0.0.1:9880'],
  ['[::1]', 'http://[::1]:9880'],
  ['[::1]:8080', 'http://[::1]:8080'],
  ['http://node1/', 'http://node1:9880'],
  ['https://node1:443', 'https://node1'],
])('%s is %s', (address, url) => {
  expect(baseUrl(address)).toBe(url);
});

test.each(['', ' ', 'ftp://node1', 'node1/path', 'user@node1', 'node1:port', 'node1:99999', '::1:9880'])(
  '"%s" is no address',
  (address) => {
    expect(() => baseUrl(address)).toThrow(new RangeError('HOST, HOST:PORT or https://HOST:PORT'));
  },
);
