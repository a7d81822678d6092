import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { messageOf } from '../exporter/serve/messageOf.ts';

/**
 * Of a bundle OpenSSL takes what it can read: of one without any certificate nothing, and nobody is told.
 * @returns the PEM as it is.
 * @throws RangeError saying what is allowed.
 */
export function readAuthorities(pem: string): string {
  try {
    createSecureContext({ ca: new X509Certificate(pem).toString() });
    return pem;
  } catch (error) {
    throw new RangeError(`certificates of authorities in PEM (${messageOf(error)})`, { cause: error });
  }
}
