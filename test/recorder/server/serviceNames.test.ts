import { expect, test } from 'vitest';
import { serviceNames } from '../../../recorder/server/serviceNames.ts';

/** As the kubelet writes it. */
const resolver = `search kubemon.svc.cluster.local svc.cluster.local cluster.local lab.example.org
nameserver 10.96.0.10
options ndots:5
`;

test('the pod of a StatefulSet is called by the names of its Service', () => {
  expect(serviceNames('kubemon-recorder-0', resolver)).toEqual([
    'kubemon-recorder',
    'kubemon-recorder.kubemon',
    'kubemon-recorder.kubemon.svc',
    'kubemon-recorder.kubemon.svc.cluster.local',
  ]);
});

test("without the cluster's DNS there is the bare name", () => {
  expect(serviceNames('kubemon-recorder-0', 'nameserver 1.1.1.1\nsearch lab.example.org\n')).toEqual([
    'kubemon-recorder',
  ]);
});

test('the pod of a Deployment does not tell its Service', () => {
  expect(serviceNames('kubemon-recorder-7c9d8f-x2x9z', resolver)).toEqual([]);
});
