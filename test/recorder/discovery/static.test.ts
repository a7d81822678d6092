import { expect, test } from 'vitest';
import { readSettings } from '../../../exporter/serve/settings.ts';
import { parseStaticTargets, staticDiscovery } from '../../../recorder/discovery/static.ts';
import { recorderSettings } from '../../../recorder/settings.ts';

test('TARGETS names targets, each taken for a daemon on a node of its name', () => {
  const targets = parseStaticTargets('node1=http://10.0.0.1:9822/metrics, app=https://[::1]:8443/m?x=a=b');
  expect(targets).toEqual([
    { name: 'node1', node: 'node1', url: 'http://10.0.0.1:9822/metrics', role: 'daemon' },
    { name: 'app', node: 'app', url: 'https://[::1]:8443/m?x=a=b', role: 'daemon' },
  ]);
  expect(staticDiscovery(targets).expected()).toEqual({ count: 2, reason: 'TARGETS names 2' });
});

test('no TARGETS are no targets', () => {
  expect(parseStaticTargets('')).toEqual([]);
  expect(parseStaticTargets(' , ')).toEqual([]);
});

test.each([
  'http://10.0.0.1:9822/metrics',
  'a=',
  'a=10.0.0.1:9822',
  'a=ftp://h/x',
  '=http://h/',
  'a=http://',
])('"%s" is refused and named', (text) => {
  expect(() => parseStaticTargets(text)).toThrow(RangeError);
  expect(() => parseStaticTargets(text)).toThrow(`which "${text}" is not`);
});

test('a name is used once, and "recorder" is taken', () => {
  expect(() => parseStaticTargets('a=http://h/,a=http://i/')).toThrow('with no name twice');
  expect(() => parseStaticTargets('recorder=http://h/')).toThrow('other names than "recorder"');
});

test.each([
  'a=http://ada:hunter2@h/metrics',
  'a=http://hunter2@h/metrics',
  'b=,a=http://ada:hunter2@h/metrics',
  'a=http://ada:hunter2,more@h/metrics',
  'a=http://ada:hunter2@h:99999/metrics',
])('%s is refused, and no password of it shown', (TARGETS) => {
  expect(() => readSettings(recorderSettings, {}, { TARGETS })).toThrow(
    /^TARGETS \(--targets\) must be (?!.*(hunter2|more)).*none with a user and password/,
  );
});

test('an "@" elsewhere is no password', () => {
  expect(parseStaticTargets('a=http://h/m?who=ada@lab')).toMatchObject([{ url: 'http://h/m?who=ada@lab' }]);
});
