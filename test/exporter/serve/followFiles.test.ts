import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { followFiles } from '../../../exporter/serve/followFiles.ts';
import { followToken, tokenProblem } from '../../../exporter/serve/token.ts';
import { until } from '../../support/until.ts';
import { recordedLog } from '../source/recordedLog.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'kubemon-follow-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** What files are followed with until the test ends. */
function following() {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const { log, lines } = recordedLog();
  return { options: { log, signal: ending.signal }, lines };
}

async function token(text: string) {
  const path = join(folder(), 'token');
  writeFileSync(path, text);
  const { options, lines } = following();
  return { path, lines, token: await followToken('AUTH_TOKEN_FILE', path, options) };
}

test('a file that is written again in place is read again', { timeout: 30_000 }, async () => {
  const { path, token: followed } = await token('first\n');
  const told: string[] = [];
  followed?.onChange((value) => told.push(value));
  expect(followed?.current()).toBe('first');
  writeFileSync(path, 'second\n');
  await until('the second is there', () => followed?.current() === 'second', 20);
  expect(told).toEqual(['second']);
});

test(
  'a mounted Secret is turned by its link ..data: all of its files change at one moment',
  { timeout: 30_000 },
  async () => {
    const volume = folder();
    function publish(version: string): void {
      mkdirSync(join(volume, version));
      for (const name of ['a', 'b']) writeFileSync(join(volume, version, name), version);
      symlinkSync(version, join(volume, '..data_tmp'));
      renameSync(join(volume, '..data_tmp'), join(volume, '..data'));
    }
    publish('..1');
    for (const name of ['a', 'b']) symlinkSync(`..data/${name}`, join(volume, name));
    const files = ['a', 'b'].map((name) => ({ env: name.toUpperCase(), path: join(volume, name) }));
    const { options } = following();
    const followed = await followFiles({ files, interpret: (texts) => texts.join(' ') }, options);
    expect(followed.current()).toBe('..1 ..1');
    publish('..2');
    await until('the second is there', () => followed.current() === '..2 ..2', 20);
  },
);

test(
  'what cannot be used is told once, by its file and not by what it holds; what was there stays',
  { timeout: 30_000 },
  async () => {
    const { path, lines, token: followed } = await token('first');
    writeFileSync(path, 'sécond');
    await until('it is told', () => lines.length > 0, 20);
    rmSync(path);
    await until('that it is gone is told, too', () => lines.length > 1, 20);
    expect(followed?.current()).toBe('first');
    writeFileSync(path, 'third');
    await until('the third is there', () => followed?.current() === 'third', 20);
    expect(lines).toEqual([
      `error AUTH_TOKEN_FILE (--auth-token-file) is "${path}", but it must be a file with a token of one line in printable ASCII, which a header can carry. What was there before stays in use.`,
      expect.stringMatching(
        /^error AUTH_TOKEN_FILE .* a file that can be read \(ENOENT.*\)\. What was there/,
      ),
      expect.stringMatching(/^info /),
    ]);
  },
);

test.each([
  ['', 'a file with a token, and that one is empty.'],
  ['\n', 'a file with a token, and that one is empty.'],
  ['two\nlines', 'a file with a token of one line in printable ASCII, which a header can carry.'],
  ['bell\u0007', 'a file with a token of one line in printable ASCII, which a header can carry.'],
  ['schlüssel', 'a file with a token of one line in printable ASCII, which a header can carry.'],
])('a token of %j stops the start', async (text, sentence) => {
  await expect(token(text)).rejects.toThrow(`, but it must be ${sentence}`);
});

test.each([
  ['Bearer secret', undefined],
  ['bearer  secret', undefined],
  ['', 'This call needs the token: Authorization: Bearer TOKEN.'],
  ['Basic c2VjcmV0', 'This call needs the token: Authorization: Bearer TOKEN.'],
  ['Bearer secre', 'The token is wrong.'],
  ['Bearer secrets', 'The token is wrong.'],
])('Authorization: %s', (authorization, problem) => {
  expect(tokenProblem(authorization, 'secret')).toBe(problem);
});
