import { expect, test } from 'vitest';
import { createNameCache } from '../../../exporter/source/nameCache.ts';

function named(container: string) {
  return { namespace: '', pod: '', container, image: 'busybox', runtime: 'docker', sandbox: false };
}

test('the dead keep their names for a minute', () => {
  let now = 1000;
  const names = createNameCache(() => now);
  names.set('a', named('web'));
  names.set('b', named('db'));
  names.died('a');
  now += 59;
  names.died('b');
  expect(names.lookup('a')).toEqual(named('web'));
  now += 1;
  names.set('c', named('cache'));
  names.died('c');
  expect([names.lookup('a'), names.lookup('b')?.container]).toEqual([undefined, 'db']);
});

test('one that is started again lives', () => {
  let now = 0;
  const names = createNameCache(() => now);
  names.set('a', named('web'));
  names.died('a');
  names.set('a', named('web'));
  now = 100;
  names.set('b', named('db'));
  names.died('b');
  expect(names.lookup('a')).toEqual(named('web'));
});

test('those missing from a list have died', () => {
  let now = 0;
  const names = createNameCache(() => now);
  for (const id of ['a', 'b', 'c']) names.set(id, named(id));
  names.retain(new Set(['b']));
  now = 61;
  names.set('d', named('d'));
  names.died('d');
  expect(['a', 'b', 'c', 'd'].filter((id) => names.lookup(id))).toEqual(['b', 'd']);
});

test('under churn it holds a minute of the dead, and no more', () => {
  let now = 0;
  const names = createNameCache(() => now);
  for (let second = 1; second <= 10_000; second++) {
    now = second;
    names.set(String(second), named('job'));
    names.died(String(second));
  }
  expect(names.size).toBe(60);
});
