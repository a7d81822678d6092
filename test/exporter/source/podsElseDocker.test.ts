import { expect, test } from 'vitest';
import type { ContainerName, ContainerNames } from '../../../exporter/source/names.ts';
import { podsElseDocker } from '../../../exporter/source/podsElseDocker.ts';

const uid = '7f3c2a10-52de-4a7c-9d4e-6f1b2c3d4e5f';
const pod = { namespace: 'shop', pod: 'web-0', container: '', image: '', runtime: '', sandbox: false };
const byStatus = { ...pod, container: 'web', image: 'web:3', runtime: 'docker' };
const byDocker = { ...byStatus, image: 'sha256:80592bde572d' };

function source(name: ContainerName | undefined, state: Partial<ContainerNames> = {}): ContainerNames {
  const rest = { available: true, pending: false, close: () => undefined };
  return { lookup: () => name, mayName: () => false, ...rest, ...state };
}

test.each([
  ['a status', byStatus, byDocker, byStatus],
  ['Docker where no status names it yet', pod, byDocker, byDocker],
  ["Docker's sandbox", pod, { ...pod, container: 'POD', sandbox: true }, { sandbox: true }],
  ['the pod alone', pod, undefined, pod],
  ['Docker alone', undefined, byDocker, byDocker],
])('a container is named by %s', (_what, podsTell, dockerTells, expected) => {
  const names = podsElseDocker(source(podsTell), source(dockerTells));
  expect(names.lookup('1a'.repeat(32), uid)).toMatchObject(expected);
});

test('a name may come of either, and both are waited for', () => {
  const docker = source(undefined, { mayName: () => true, pending: true });
  expect(podsElseDocker(source(undefined), docker).mayName('')).toBe(true);
  expect(podsElseDocker(source(undefined), docker).pending).toBe(true);
  expect(podsElseDocker(source(undefined), source(undefined)).mayName(uid)).toBe(false);
});

test('what either lacks is told', () => {
  const refused = source(undefined, {
    available: false,
    reason: 'It refuses.',
    absence: 'kubernetes_refuses',
  });
  const gone = source(undefined, { available: false, reason: 'It is gone.' });
  const all = (names: ContainerNames) => [names.available, names.reason, names.absence];
  expect(all(podsElseDocker(source(pod), source(pod)))).toEqual([true, undefined, undefined]);
  expect(all(podsElseDocker(refused, source(pod)))).toEqual([false, 'It refuses.', 'kubernetes_refuses']);
  expect(all(podsElseDocker(source(pod), gone))).toEqual([false, 'It is gone.', undefined]);
  expect(podsElseDocker(refused, gone).reason).toBe('It refuses. It is gone.');
});
