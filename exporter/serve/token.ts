import { createHash, timingSafeEqual } from 'node:crypto';
import { type Followed, followFiles, type FollowOptions } from './followFiles.ts';
import { unusable } from './settings.ts';

/**
 * The token in the file that the setting `env` names, without the line end that editors and `echo` leave.
 * @returns undefined where it names none.
 * @throws SettingError when the file cannot be read, is empty or holds what no header can carry.
 */
export async function followToken(
  env: string,
  path: string | undefined,
  options: FollowOptions,
): Promise<Followed<string> | undefined> {
  if (path === undefined) return undefined;
  const interpret = ([text = '']: readonly string[]): string => {
    try {
      return readToken(text);
    } catch (error) {
      throw error instanceof RangeError ? unusable(env, path, `a file with ${error.message}`) : error;
    }
  };
  return followFiles({ files: [{ env, path }], interpret }, options);
}

/**
 * Without the white space around it.
 * @throws RangeError saying what is allowed, which never shows the text itself.
 */
export function readToken(text: string): string {
  const token = text.trim();
  if (token === '') throw new RangeError('a token, and that one is empty');
  if (/^[\x20-\x7e]+$/.test(token)) return token;
  throw new RangeError('a token of one line in printable ASCII, which a header can carry');
}

/**
 * What is wrong with the credentials of a request, as a sentence; undefined: they are right. It takes the
 * same time however much of a wrong token is right. https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 * @param authorization the header of that name, empty where there is none
 */
export function tokenProblem(authorization: string, token: string): string | undefined {
  const [, given] = /^Bearer +(.+)$/i.exec(authorization) ?? [];
  if (given === undefined) return 'This call needs the token: Authorization: Bearer TOKEN.';
  return timingSafeEqual(digest(given), digest(token)) ? undefined : 'The token is wrong.';
}

/** Equal lengths, whatever was given: timingSafeEqual asks for that. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
