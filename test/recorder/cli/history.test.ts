import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { historyPath, openHistory } from '../../../recorder/cli/prompt/history.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const folder = temporaryFolder();

test('the latest line is the first; repetitions and empty lines are not kept', () => {
  const path = join(folder, 'new', 'kubemon', 'history');
  const history = openHistory(path, undefined);
  expect(history.lines).toEqual([]);
  for (const line of ['status', 'status', '', '  ', 'runs', 'status']) history.add(line);
  expect(openHistory(path, undefined).lines).toEqual(['status', 'runs', 'status']);
});

test('only its owner can read it, whoever could before', () => {
  const path = join(folder, 'open');
  writeFileSync(path, 'runs\n');
  chmodSync(path, 0o644);
  openHistory(path, undefined).add('status');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const inNewFolder = join(folder, 'private', 'history');
  openHistory(inNewFolder, undefined).add('status');
  expect(statSync(join(folder, 'private')).mode & 0o777).toBe(0o700);
});

test('what may hold a token is not kept; the file of one may be named', () => {
  const path = join(folder, 'tokens');
  const history = openHistory(path, 'open sesame');
  history.add('stop --token-file control.token');
  for (const line of [
    'stop --token hidden',
    'stop --token=hidden',
    `stop --to'ken' hidden`,
    String.raw`stop --tok\en hidden`,
    'KUBEMON_TOKEN=hidden kubemon stop',
    'Authorization: Bearer hidden',
    'open sesame',
    'mark "open sesame"',
  ]) {
    history.add(line);
  }
  expect(readFileSync(path, 'utf8')).toBe('stop --token-file control.token\n');
});

test('a token is recognised, too, that a shell takes only in quotes', () => {
  const path = join(folder, 'quoted');
  const history = openHistory(path, String.raw`o"pen\ses'ame`);
  history.add('status');
  for (const line of [
    String.raw`mark 'o"pen\ses'\''ame'`,
    String.raw`mark "o\"pen\\ses'ame"`,
    String.raw`mark o\"pen\\ses\'ame`,
  ]) {
    history.add(line);
  }
  expect(readFileSync(path, 'utf8')).toBe('status\n');
});

test('of a long one the last thousand lines are kept', () => {
  const path = join(folder, 'long');
  appendFileSync(path, Array.from({ length: 2001 }, (_, index) => `mark ${index}\n`).join(''));
  const { lines } = openHistory(path, undefined);
  expect([lines.length, lines[0], lines[999]]).toEqual([1000, 'mark 2000', 'mark 1001']);
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(1001);
});

test('where nothing can be kept the prompt goes on', () => {
  const path = join(folder, 'file');
  writeFileSync(path, '');
  const history = openHistory(join(path, 'kubemon', 'history'), undefined);
  history.add('status');
  expect(history.lines).toEqual([]);
  mkdirSync(join(folder, 'folder'));
  openHistory(join(folder, 'folder'), undefined).add('status');
  expect(existsSync(join(folder, 'folder'))).toBe(true);
});

test('it lies in the folder of the user for state', () => {
  const usual = join(homedir(), '.local', 'state', 'kubemon', 'history');
  expect(historyPath({ XDG_STATE_HOME: '/state' })).toBe('/state/kubemon/history');
  expect(historyPath({ XDG_STATE_HOME: 'relative' })).toBe(usual);
  expect(historyPath({})).toBe(usual);
});
