import type { PeerCertificate } from 'node:tls';
import { errorCode } from './errno.ts';

/**
 * Why TLS with a server did not come about, in a clause; undefined: for another reason than its certificate
 * or its lack of TLS. https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
export function certificateProblem(error: unknown): string | undefined {
  const code = errorCode(error);
  if (code === undefined || !(error instanceof Error)) return undefined;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return otherName(error);
  if (/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/.test(code)) return 'it does not speak TLS';
  return clauses[code];
}

/** Of its names, which the other side chose, not more than fit in a line. */
function otherName(error: Error): string {
  const { host, cert } = error as Error & {
    readonly host?: unknown;
    readonly cert?: Partial<PeerCertificate>;
  };
  return `its certificate is not for ${String(host)} but for ${cert?.subjectaltname?.slice(0, 200) ?? 'nobody'}`;
}

const unknownAuthority = 'its certificate is of an authority that is not trusted';

const clauses: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  CERT_REVOKED: 'its certificate is revoked',
  INVALID_PURPOSE: 'its certificate is not one for servers',
  CERT_SIGNATURE_FAILURE: unknownAuthority,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
};
