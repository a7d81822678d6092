import { expect, test } from 'vitest';
import { dockerHost } from '../../../exporter/source/dockerHost.ts';

test.each([
  ['unix:///var/run/docker.sock', { socketPath: '/var/run/docker.sock' }],
  ['tcp://10.0.0.7:2375', { host: '10.0.0.7', port: 2375 }],
  ['tcp://docker.example', { host: 'docker.example', port: 2375 }],
  ['tcp://[::1]:4243/', { host: '::1', port: 4243 }],
  ['localhost:2375', { host: 'localhost', port: 2375 }],
])('%s', (url, where) => {
  expect(dockerHost(url)).toEqual({ url, ...where });
});

test.each([
  '',
  'unix://',
  'unix://docker.sock',
  'ssh://root@host',
  'npipe:////./pipe/docker',
  'tcp://a:65536',
  'a b',
])('"%s" is refused', (url) => {
  expect(() => dockerHost(url)).toThrow(RangeError);
});
