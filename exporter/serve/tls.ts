import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { type Followed, followFiles, type FollowOptions } from './followFiles.ts';
import { text } from './kinds.ts';
import { optional, SettingError, unusable } from './settings.ts';

/** PEM. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

/** What both servers speak at least; older versions have been withdrawn: https://www.rfc-editor.org/rfc/rfc8996 */
export const minVersion = 'TLSv1.2';

export const tlsSettings = {
  tlsCertFile: optional(
    'TLS_CERT_FILE',
    text,
    'plain HTTP',
    'PEM file of the certificate to serve HTTPS with, and of those between it and its authority.',
  ),
  tlsKeyFile: optional(
    'TLS_KEY_FILE',
    text,
    'plain HTTP',
    'PEM file of its key. Both are read again when they change.',
  ),
};

/**
 * Certificate and key of the settings; undefined: plain HTTP.
 * @throws SettingError when only one is named, or they cannot be read, are none or do not belong together.
 */
export async function followTlsPair(
  settings: { readonly tlsCertFile: string | undefined; readonly tlsKeyFile: string | undefined },
  options: FollowOptions,
): Promise<Followed<TlsPair> | undefined> {
  const { tlsCertFile, tlsKeyFile } = settings;
  if (tlsCertFile === undefined && tlsKeyFile === undefined) return undefined;
  if (tlsCertFile === undefined || tlsKeyFile === undefined) {
    const [given, missing] =
      tlsKeyFile === undefined ? ['TLS_CERT_FILE', 'TLS_KEY_FILE'] : ['TLS_KEY_FILE', 'TLS_CERT_FILE'];
    throw new SettingError(`${given} is set, but ${missing} is not: TLS needs both, plain HTTP none.`);
  }
  const files = [
    { env: 'TLS_CERT_FILE', path: tlsCertFile },
    { env: 'TLS_KEY_FILE', path: tlsKeyFile },
  ];
  const interpret = ([cert = '', key = '']: readonly string[]): TlsPair => {
    check({ cert, key }, tlsCertFile, tlsKeyFile);
    return { cert, key };
  };
  return followFiles({ files, interpret }, options);
}

function check({ cert, key }: TlsPair, certFile: string, keyFile: string): void {
  const certificate = attempt(
    () => new X509Certificate(cert),
    'TLS_CERT_FILE',
    certFile,
    'a certificate in PEM',
  );
  const privateKey = attempt(
    () => createPrivateKey(key),
    'TLS_KEY_FILE',
    keyFile,
    'a private key in PEM, not encrypted',
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw unusable(
      'TLS_KEY_FILE',
      keyFile,
      `the key of the certificate in TLS_CERT_FILE, ${certFile}, and it is that of another`,
    );
  }
  // What is too weak, say.
  attempt(
    () => createSecureContext({ cert, key, minVersion }),
    'TLS_CERT_FILE',
    certFile,
    'a certificate that TLS can use',
  );
}

function attempt<T>(work: () => T, env: string, path: string, allowed: string): T {
  try {
    return work();
  } catch (error) {
    throw unusable(env, path, allowed, error);
  }
}
