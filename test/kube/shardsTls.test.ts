import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DaemonsAnswer } from '../../recorder/api.ts';
import { clusterDns } from '../support/kube/clusterDns.ts';
import { deployed, namespace } from '../support/kube/deployment.ts';
import { claimsOf } from '../support/kube/installedShards.ts';
import { k8s } from '../support/kube/kustomize.ts';
import { tlsCommands } from '../support/kube/tlsExample.ts';
import { describeWith, needs } from '../support/needs.ts';
import { until } from '../support/until.ts';

describeWith(
  [needs.kubernetes, needs.kubemonImage, needs.clusterDns, needs.openssl],
  'three recorders with the TLS and the tokens of the example',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubemon-tls-'));
    beforeAll(() => {
      const commands = tlsCommands()
        .join('\n')
        .replace('-f k8s/', `-f ${dirname(k8s)}/k8s/`);
      execFileSync('sh', ['-ec', commands], { cwd: folder, stdio: 'pipe' });
    });
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });
    const { patches } = clusterDns(namespace, 'kubemon-recorder');
    const deployment = deployed({
      components: ['shards', '../examples/tls'],
      patches,
      claims: claimsOf(3),
    });

    test('verify each other, and answer for all', async () => {
      const host = `https://kubemon-recorder-1.kubemon-recorder.${namespace}.svc:9880`;
      const trust = ['--ca-file', '/tls/ca.crt', '--token-file', '/tls/token'];
      const command = ['kubemon', 'daemons', '--json', '--host', host, ...trust];
      let shards: DaemonsAnswer['shards'];
      await until('all shards answer', async () => {
        const answer = await deployment().kubectl('exec', 'kubemon-recorder-0', '--', ...command);
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as recorder/api.ts says
        ({ shards } = JSON.parse(answer) as DaemonsAnswer);
        return shards?.every(({ problem }) => problem === undefined) ?? false;
      });
      expect(shards).toEqual([{ shard: 0 }, { shard: 1 }, { shard: 2 }]);
    });
  },
);
