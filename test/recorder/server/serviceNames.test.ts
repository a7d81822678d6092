import { expect, test } from 'vitest';
import { serviceNames } from '../../../recorder/server/serviceNames.ts';

/** As the kubelet writes it. */
const resolver = `search kubemon.svc.cluster.local svc.cluster.local cluster.local lab.example.org
nameserver 10.96.0.10
options ndots:5
`;

const names = [
  'kubemon-recorder',
  'kubemon-recorder.kubemon',
  'kubemon-recorder.kubemon.svc',
  'kubemon-recorder.kubemon.svc.cluster.local',
];

test('the pod of a StatefulSet is called by the names of its Service', () => {
  expect(serviceNames('kubemon-recorder-0', 'kubemon', resolver)).toEqual(names);
});

test('a pod without a ServiceAccount reads its namespace from its resolver', () => {
  expect(serviceNames('kubemon-recorder-0', undefined, resolver)).toEqual(names);
});

test("without the cluster's DNS only its domain is not known, or where nothing is mounted the namespace", () => {
  const ofNode = 'nameserver 1.1.1.1\nsearch lab.example.org\n';
  expect(serviceNames('kubemon-recorder-0', 'kubemon', ofNode)).toEqual(names.slice(0, 3));
  expect(serviceNames('kubemon-recorder-0', undefined, ofNode)).toEqual(['kubemon-recorder']);
});

test('the pod of a Deployment does not tell its Service', () => {
  expect(serviceNames('kubemon-recorder-7c9d8f-x2x9z', 'kubemon', resolver)).toEqual([]);
});
