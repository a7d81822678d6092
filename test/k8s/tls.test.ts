import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadYaml } from '@kubernetes/client-node';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Setting } from '../../exporter/serve/settings.ts';
import { exporterSettings } from '../../exporter/settings.ts';
import { recorderSettings } from '../../recorder/settings.ts';
import { type LabelledManifest, writeOverlay } from '../support/kube/kustomize.ts';
import { tlsCommands } from '../support/kube/tlsExample.ts';
import { describeWith, needs } from '../support/needs.ts';

interface Pod {
  readonly containers: readonly [
    {
      readonly env: readonly { readonly name: string; readonly value?: string }[];
      readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
      readonly [probe: `${string}Probe`]: {
        readonly httpGet: { readonly scheme?: string; readonly port: string };
      };
    },
  ];
  readonly volumes: readonly {
    readonly name: string;
    readonly secret?: { readonly secretName: string; readonly items: readonly { readonly path: string }[] };
  }[];
}

describeWith([needs.kubectl], 'the example of TLS', () => {
  let objects: readonly LabelledManifest[];
  beforeAll(async () => {
    const overlay = writeOverlay(['../examples/tls']);
    objects = await overlay.build();
    overlay.remove();
  });

  function podOf(name: string): Pod {
    const found = objects.find(({ kind, metadata }) => kind.endsWith('Set') && metadata.name === name);
    if (found === undefined) throw new Error(`There is no ${name}.`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a DaemonSet or a StatefulSet
    return (found['spec'] as { readonly template: { readonly spec: Pod } }).template.spec;
  }

  const roles = [
    { role: 'exporter', known: namesOf(exporterSettings), secrets: ['kubemon-exporter-tls'] },
    {
      role: 'recorder',
      known: namesOf(recorderSettings),
      secrets: ['kubemon-recorder-tls', 'kubemon-exporter-tls'],
    },
  ];

  test.each(roles)('$role: every file of a setting is in a Secret', ({ role, known, secrets }) => {
    const { containers, volumes } = podOf(`kubemon-${role}`);
    const [{ env, volumeMounts }] = containers;
    const mounted = volumes.flatMap(({ name, secret }) => {
      const folder = volumeMounts.find((mount) => mount.name === name)?.mountPath ?? '';
      return (secret?.items ?? []).map(({ path }) => `${folder}/${path}`);
    });
    const files = env.filter(({ name }) => name.endsWith('_FILE'));
    const ofNode = env.filter(({ name }) => name === 'NODE_EXTRA_CA_CERTS');
    expect(new Set([...files, ...ofNode].map(({ value }) => value))).toEqual(new Set(mounted));
    expect(known).toEqual(expect.arrayContaining(files.map(({ name }) => name)));
    expect(volumes.flatMap(({ secret }) => secret?.secretName ?? [])).toEqual(secrets);
  });

  test.each(roles)('$role: all probes ask under https', ({ role }) => {
    const [container] = podOf(`kubemon-${role}`).containers;
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'] as const) {
      expect(container[probe]?.httpGet, probe).toMatchObject({ scheme: 'HTTPS' });
    }
  });

  test('the recorder does not get the key of the exporters', () => {
    const targets = podOf('kubemon-recorder').volumes.find(({ name }) => name === 'targets');
    expect(targets?.secret?.items.map(({ path }) => path)).toEqual(['ca.crt', 'token']);
  });

  test.each(roles)('$role: its Service says https', ({ role }) => {
    const service = objects.find(
      ({ kind, metadata }) => kind === 'Service' && metadata.name === `kubemon-${role}`,
    );
    expect(service?.['spec']).toMatchObject({ ports: [{ appProtocol: 'https' }] });
  });
});

describeWith([needs.kubectl, needs.openssl], 'the commands of the example of TLS', () => {
  test('make the two Secrets, with certificates for the names of the Services', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubemon-secrets-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const commands = tlsCommands()
      .slice(1)
      .join('\n')
      .replace('kubectl -n kubemon create', 'kubectl create --dry-run=client -o json')
      .replace(/--from-file=token=\S+/, '$& >$role.json');
    execFileSync('sh', ['-ec', commands], { cwd: folder, stdio: 'pipe' });
    const authority = new X509Certificate(readFileSync(join(folder, 'ca.crt')));
    for (const role of ['exporter', 'recorder']) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a Secret
      const secret = loadYaml(readFileSync(join(folder, `${role}.json`), 'utf8')) as {
        readonly metadata: { readonly name: string };
        readonly data: Readonly<Record<string, string>>;
      };
      expect(secret.metadata.name).toBe(`kubemon-${role}-tls`);
      expect(Object.keys(secret.data).toSorted()).toEqual(['ca.crt', 'tls.crt', 'tls.key', 'token']);
      const certificate = new X509Certificate(Buffer.from(secret.data['tls.crt'] ?? '', 'base64'));
      expect(certificate.verify(authority.publicKey)).toBe(true);
      const service = `kubemon-${role}.kubemon.svc`;
      expect(certificate.subjectAltName).toBe(`DNS:${service}, DNS:*.${service}, DNS:localhost`);
    }
  });
});

function namesOf(settings: Readonly<Record<string, Setting<unknown>>>): readonly string[] {
  return Object.values(settings).map(({ env }) => env);
}
