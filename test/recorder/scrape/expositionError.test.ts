import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAnswerParser, ExpositionError } from '../../../recorder/scrape/exposition.ts';
import { parseAs } from './parseAs.ts';

test.each([
  ['<html>\n', 1, '"<html>" is not a series and its value'],
  ['up 1\n<html> <body>\n', 2, '"<html>" does not begin with the name of a metric'],
  ['up one\n', 1, 'the value "one" is not a number'],
  ['up 1.2.3\n', 1, 'the value "1.2.3" is not a number'],
  ['up \n', 1, 'the value "" is not a number'],
  ['up\n', 1, '"up" is not a series and its value'],
  ['up{a="b} 1\n', 1, '"up{a=\\"b} 1" is not a series and its value'],
  ['up{a=b} 1\n', 1, 'the labels of "up{a=b}" cannot be read'],
  ['up{a="\\\n"} 1\n', 1, 'the labels of "up{a=\\"\\\\\\n\\"}" cannot be read'],
  ['up{a="b" c="d"} 1\n', 1, 'the labels of "up{a=\\"b\\" c=\\"d\\"}" cannot be read'],
  ['up{a="b",a="c"} 1\n', 1, '"up{a=\\"b\\",a=\\"c\\"}" has the same label twice'],
  ['up 1 yesterday\n', 1, 'behind the value comes " yesterday", neither timestamp nor exemplar'],
  ['up 1\r\n', 1, 'behind the value comes "\\r", neither timestamp nor exemplar'],
  ['# HELP up\nup 12', 2, 'the body ends within a line'],
  ['up 1\n# HE', 2, 'the body ends within a line'],
])('%j is an error that names the line', (text, line, what) => {
  expect(() => parseAs('further', text)).toThrow(new ExpositionError(line, what));
});

test('text that is not UTF-8 is an error', () => {
  const body = Buffer.concat([Buffer.from('up 1\nup{a="'), Buffer.from([0xc3, 0x28]), Buffer.from('"} 1\n')]);
  const parse = createAnswerParser({ role: 'further', maxSamples: 10 });
  expect(() => parse(body)).toThrow(new ExpositionError(2, 'it is not UTF-8'));
});

test('more samples than allowed are an error of their own kind', () => {
  const parse = createAnswerParser({ role: 'further', maxSamples: 2 });
  expect(parse(Buffer.from('a 1\nb 2\n')).samples).toBe(2);
  expect(() => parse(Buffer.from('a 1\nb 2\nc 3\n'))).toThrow(
    new ExpositionError(3, 'more than 2 samples', 'too_many'),
  );
});

function outcome(parse: () => unknown): string {
  try {
    return typeof parse();
  } catch (error) {
    return error instanceof ExpositionError ? error.message : `another error: ${String(error)}`;
  }
}

test('any bytes are an Answer or an ExpositionError', () => {
  const parse = createAnswerParser({ role: 'daemon', maxSamples: 1000 });
  const token = fc.constantFrom(
    'up',
    'kubemon_node_load1',
    '{',
    '}',
    'a="',
    '"',
    ',',
    '\\',
    ' ',
    '\n',
    '1',
    '# ',
    'é',
  );
  const body = fc.oneof(
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.array(token, { maxLength: 40 }).map((tokens) => Buffer.from(tokens.join(''))),
  );
  fc.assert(
    fc.property(body, (bytes) => {
      expect(outcome(() => parse(bytes))).toMatch(/^(object|(invalid|too_many): line \d+: .+)$/);
    }),
    { numRuns: 2000 },
  );
});
