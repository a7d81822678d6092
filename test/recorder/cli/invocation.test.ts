import { expect, test } from 'vitest';
import { invocation, quoted } from '../../../recorder/cli/invocation.ts';

test('the next commands begin as this user can type them', () => {
  expect(invocation('/usr/local/bin/kubemon', {})).toBe('kubemon');
  expect(invocation(`${process.cwd()}/dist/recorder/cli/main.js`, {})).toBe('node dist/recorder/cli/main.js');
  expect(invocation(`${process.cwd()}/a folder/main.js`, {})).toBe("node 'a folder/main.js'");
});

test('by npm start and by npx it is npx, which finds the clone', () => {
  expect(invocation(`${process.cwd()}/dist/recorder/cli/main.js`, { npm_command: 'start' })).toBe(
    'npx kubemon',
  );
  expect(invocation('/home/me/.npm/_npx/1/node_modules/.bin/kubemon', { npm_command: 'exec' })).toBe(
    'npx kubemon',
  );
});

test('a word for the shell', () => {
  expect(['/data/run-1/node.csv', "it's here", '$HOME'].map(quoted)).toEqual([
    '/data/run-1/node.csv',
    "'it'\\''s here'",
    "'$HOME'",
  ]);
});
