import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of PEM files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority of its own, and what it signs. */
export interface Authority extends Certificate {
  /** For a server of these names: DNS:name, IP:address. It is valid for so many days from now; -1: it has expired. */
  issue(names: readonly string[], days?: number): Certificate;
}

/** Made with the command openssl, in this folder. */
export function createAuthority(folder: string, name: string): Authority {
  const own = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  openssl('req', '-x509', ...newKey(own.key), '-out', own.cert, '-subj', `/CN=${name}`, '-days', '2');
  let issued = 0;
  return {
    ...own,
    issue: (names, days = 2) => {
      issued += 1;
      const base = join(folder, `${name}-${issued}`);
      const { cert, key } = { cert: `${base}.crt`, key: `${base}.key` };
      const [request, extensions] = [`${base}.csr`, `${base}.ext`];
      openssl('req', ...newKey(key), '-out', request, '-subj', '/CN=server');
      writeFileSync(extensions, `subjectAltName=${names.join(',')}\n`);
      const by = ['-CA', own.cert, '-CAkey', own.key, '-set_serial', String(issued), '-days', String(days)];
      openssl('x509', '-req', '-in', request, ...by, '-extfile', extensions, '-out', cert);
      return { cert, key };
    },
  };
}

function newKey(path: string): readonly string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', path];
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
