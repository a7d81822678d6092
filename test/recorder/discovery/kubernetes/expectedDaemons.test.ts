import { expect, test } from 'vitest';
import { expectedDaemons } from '../../../../recorder/discovery/kubernetes/expectedDaemons.ts';

const service = { namespace: 'kubemon', service: 'kubemon-exporter' };
const told = (desired: number | undefined, refused = false) => ({
  desired: () => desired,
  refused: () => refused,
});

test.each([
  [2, told(3), 3, 'the DaemonSet kubemon/kubemon-exporter wants 3'],
  [2, told(2), 2, 'the service kubemon/kubemon-exporter has 2 endpoints'],
  [1, told(undefined), 1, 'the service kubemon/kubemon-exporter has 1 endpoint'],
  [
    1,
    told(undefined, true),
    1,
    'the service kubemon/kubemon-exporter has 1 endpoint; its DaemonSet may not be read, by RBAC',
  ],
  [undefined, told(undefined), 0, 'the endpoints of the service kubemon/kubemon-exporter are not known yet'],
])('%s endpoints', (endpoints, daemonSet, count, reason) => {
  expect(expectedDaemons({ ...service, endpoints }, daemonSet)).toEqual({ count, reason });
});
