import { type Followed, followFiles, type FollowOptions } from '../../exporter/serve/followFiles.ts';
import { unusable } from '../../exporter/serve/settings.ts';
import { followToken } from '../../exporter/serve/token.ts';
import { readAuthorities } from '../authorities.ts';

/** How targets of https are verified, and what they are told of the recorder. */
export interface TargetTrust {
  /** PEM of the authorities, in place of all others; undefined: those that Node.js knows. */
  readonly authorities: Followed<string> | undefined;
  readonly token: Followed<string> | undefined;
}

/** @throws SettingError when a file cannot be used. */
export async function openTargetTrust(
  settings: { readonly targetCaFile: string | undefined; readonly targetTokenFile: string | undefined },
  options: FollowOptions,
): Promise<TargetTrust> {
  return {
    authorities: await followAuthorities(settings.targetCaFile, options),
    token: await followToken('TARGET_TOKEN_FILE', settings.targetTokenFile, options),
  };
}

async function followAuthorities(
  path: string | undefined,
  options: FollowOptions,
): Promise<Followed<string> | undefined> {
  if (path === undefined) return undefined;
  const interpret = ([pem = '']: readonly string[]): string => {
    try {
      return readAuthorities(pem);
    } catch (error) {
      throw error instanceof RangeError ? unusable('TARGET_CA_FILE', path, error.message) : error;
    }
  };
  return followFiles({ files: [{ env: 'TARGET_CA_FILE', path }], interpret }, options);
}

/** What a target means by a status that has to do with TLS or the token; undefined: nothing of both. */
export function statusMeaning(status: number, protocol: string, hasToken: boolean): string | undefined {
  if (status === 426 && protocol === 'http:') return 'it wants https';
  if (status !== 401) return undefined;
  if (protocol === 'http:') return 'it wants a token, which is sent over https only';
  if (hasToken) return 'it does not accept the token of TARGET_TOKEN_FILE';
  return 'it wants a token, which TARGET_TOKEN_FILE would name';
}
