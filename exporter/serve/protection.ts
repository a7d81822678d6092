import type { Followed, FollowOptions } from './followFiles.ts';
import { followTlsPair, type TlsPair } from './tls.ts';
import { followToken } from './token.ts';

/** Who may talk to a server, and how. */
export interface Protection {
  /** Undefined: plain HTTP. */
  readonly tls: Followed<TlsPair> | undefined;
  /** Undefined: whoever reaches it. */
  readonly token: Followed<string> | undefined;
}

export interface ProtectionSettings {
  readonly tlsCertFile: string | undefined;
  readonly tlsKeyFile: string | undefined;
  readonly authTokenFile: string | undefined;
}

/** @throws SettingError when a file cannot be used. */
export async function openProtection(
  settings: ProtectionSettings,
  options: FollowOptions,
): Promise<Protection> {
  return {
    tls: await followTlsPair(settings, options),
    token: await followToken('AUTH_TOKEN_FILE', settings.authTokenFile, options),
  };
}
