import { expect, test } from 'vitest';
import { readSettings } from '../../../../exporter/serve/settings.ts';
import { parseServices } from '../../../../recorder/discovery/kubernetes/serviceReference.ts';
import { recorderSettings } from '../../../../recorder/settings.ts';

const metrics = { namespace: undefined, port: undefined, path: '/metrics' };

test.each([
  ['kubemon-exporter', { ...metrics, service: 'kubemon-exporter' }],
  ['shop/cart', { ...metrics, namespace: 'shop', service: 'cart' }],
  ['cart:8080', { ...metrics, service: 'cart', port: '8080' }],
  ['cart:http-admin', { ...metrics, service: 'cart', port: 'http-admin' }],
  ['cart:8080/a/b?c=d', { ...metrics, service: 'cart', port: '8080', path: '/a/b?c=d' }],
  ['shop/cart/prometheus', { ...metrics, namespace: 'shop', service: 'cart', path: '/prometheus' }],
  ['shop/cart:web/', { namespace: 'shop', service: 'cart', port: 'web', path: '/' }],
])('SERVICE_NAME "%s"', (text, service) => {
  expect(parseServices(text)).toEqual([service]);
});

test('several are separated by commas or spaces', () => {
  expect(parseServices('a, b/c  d:1,').map(({ service }) => service)).toEqual(['a', 'c', 'd']);
  expect(parseServices('')).toEqual([]);
});

test.each(['Cart', 'cart:', 'cart:0', 'cart:65536', 'a_b', '/metrics', 'http://cart:80', '-a', 'a-'])(
  '"%s" is refused with a sentence',
  (entry) => {
    expect(() => readSettings(recorderSettings, {}, { SERVICE_NAME: entry })).toThrow(
      `SERVICE_NAME (--service-name) is "${entry}", but it must be services as ` +
        `[namespace/]service[:port][/path], separated by commas, which "${entry}" is not.`,
    );
  },
);

test('none is named twice', () => {
  expect(() => parseServices('a,b,a')).toThrow('with none twice');
});
