import { expect, test } from 'vitest';
import { endpointUrl } from '../../../../recorder/discovery/kubernetes/endpointUrl.ts';
import { endpoint, port } from './handEndpoint.ts';

const http = port('http', 8080);
const metrics = port('metrics', 9822);
const https = port('https', 8443, true);

test.each([
  ['the only port', undefined, [port('', 80)], 'http://10.0.0.1/metrics'],
  ['the one named metrics', undefined, [http, metrics], 'http://10.0.0.1:9822/metrics'],
  ['else the first', undefined, [https, http], 'https://10.0.0.1:8443/metrics'],
  ['by name', 'http', [metrics, http], 'http://10.0.0.1:8080/metrics'],
  ['by number', '8443', [metrics, https], 'https://10.0.0.1:8443/metrics'],
  ['a number that the service does not have', '9999', [http], 'http://10.0.0.1:9999/metrics'],
  ['a name that it does not have', 'admin', [http], undefined],
  ['no port at all', undefined, [], undefined],
] as const)('which port is scraped: %s', (_, wanted, ports, url) => {
  expect(endpointUrl(endpoint(...ports), { port: wanted, path: '/metrics' })).toBe(url);
});
