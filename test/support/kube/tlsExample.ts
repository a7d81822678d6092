import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { k8s } from './kustomize.ts';

/** The commands of examples/tls that make the namespace, the certificates and the two Secrets. */
export function tlsCommands(): readonly string[] {
  const lines = readFileSync(join(k8s, 'examples/tls/kustomization.yaml'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('#   '))
    .map((line) => line.slice(4));
  return lines.slice(0, lines.indexOf('done') + 1);
}
