import { expect, test } from 'vitest';
import { parseInvocation } from './invocation.ts';

const known = ['exporter', 'recorder', 'alignment'];

test('without names all parts run, and the results are written', () => {
  expect(parseInvocation([], known)).toEqual({ kind: 'run', quick: false, names: known, named: false });
});

test('a run may be quick, or of some parts', () => {
  expect(parseInvocation(['--quick'], known)).toMatchObject({ quick: true, names: known });
  expect(parseInvocation(['recorder'], known)).toMatchObject({ names: ['recorder'], named: true });
});

test('parts run in the order of the table of contents, each once', () => {
  const twice = ['recorder', 'exporter', 'recorder'];
  expect(parseInvocation(twice, known)).toMatchObject({ names: ['exporter', 'recorder'] });
  expect(parseInvocation(known.toReversed(), known)).toMatchObject({ names: known });
});

test('an unknown part or option is told with what there is', () => {
  expect(parseInvocation(['alignement'], known)).toEqual({
    kind: 'wrong',
    message: 'There is no part "alignement". There are: exporter, recorder, alignment.',
  });
  const { kind, message } = { message: '', ...parseInvocation(['--fast'], known) };
  expect(kind).toBe('wrong');
  expect(message).toMatch(/'--fast'.* --help tells the options\.$/);
});

test('the help names the parts and the options', () => {
  for (const option of ['--help', '-h']) {
    const { kind, text } = { text: '', ...parseInvocation([option], known) };
    expect(kind).toBe('help');
    expect(text).toContain('exporter, recorder, alignment');
    expect(text).toContain('--quick');
  }
});
