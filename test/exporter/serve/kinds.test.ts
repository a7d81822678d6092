import { expect, test } from 'vitest';
import * as kinds from '../../../exporter/serve/kinds.ts';

const { boolean, bytes, duration, integer, oneOf, port, regex, seconds, text, words } = kinds;

test.each<readonly [string, unknown, unknown]>([
  ['text', text(' as it is '), ' as it is '],
  ['integer 0', integer(0, 9)('0'), 0],
  ['integer 9', integer(0, 9)('9'), 9],
  ['port', port('65535'), 65_535],
  ['seconds', seconds(0.1, 60)('0.1'), 0.1],
  ['duration 90', duration('90'), 90],
  ['duration 90s', duration('90s'), 90],
  ['duration 1.5m', duration('1.5m'), 90],
  ['duration 1h', duration('1h'), 3600],
  ['boolean True', boolean('True'), true],
  ['boolean 0', boolean('0'), false],
  ['bytes', bytes('1048576'), 1_048_576],
  ['bytes Mi', bytes('256Mi'), 268_435_456],
  ['bytes G', bytes('1.5G'), 1_500_000_000],
  ['words', words(' a,b  c, '), ['a', 'b', 'c']],
  ['no words', words(''), []],
  ['regex', regex('^(loop|ram)').source, '^(loop|ram)'],
  ['oneOf', oneOf('info', 'warn')('warn'), 'warn'],
])('%s', (_name, value, expected) => {
  expect(value).toEqual(expected);
});

test.each<readonly [string, (value: string) => unknown, readonly string[], string]>([
  [
    'integer',
    integer(1, 9),
    ['', '0', '10', '1.5', '-1', '1e1', '0x1', ' 1', 'Infinity'],
    'a whole number from 1 to 9',
  ],
  ['port', port, ['65536', '-1', 'http'], 'a whole number from 0 to 65535'],
  ['seconds', seconds(0.1, 60), ['', '0.09', '60.1', '1s', '.5', '-1', 'NaN'], 'seconds from 0.1 to 60'],
  ['duration', duration, ['', '0', '0s', '5 m', '1d', '-1s', 'm'], 'a duration such as 90, 90s, 10m or 1h'],
  ['boolean', boolean, ['', 'ja', '2'], 'true or false'],
  ['bytes', bytes, ['', '1B', '-1', '1 Mi', 'Mi'], 'bytes such as 1048576, 256Mi or 2G'],
  ['regex', regex, ['(', '[', '*'], 'a regular expression ('],
  ['oneOf', oneOf('info', 'warn'), ['', 'INFO', 'toString'], 'one of info, warn'],
])('%s says what is allowed', (_name, parse, values, allowed) => {
  for (const value of values) {
    expect(() => parse(value), value).toThrow(RangeError);
    expect(() => parse(value), value).toThrow(allowed);
  }
});
