import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RecorderClient } from '../../recorder/index.ts';
import { clusterDns } from '../support/kube/clusterDns.ts';
import { deployed, namespace } from '../support/kube/deployment.ts';
import { claimsOf } from '../support/kube/installedShards.ts';
import { k8s } from '../support/kube/kustomize.ts';
import { forwardPort } from '../support/kube/portForward.ts';
import { describeWith, needs } from '../support/needs.ts';
import { until } from '../support/until.ts';

describeWith(
  [needs.kubernetes, needs.kubemonImage, needs.clusterDns],
  'an installed recorder becomes three, and one again',
  () => {
    const { patches } = clusterDns(namespace, 'kubemon-recorder');
    const deployment = deployed({ patches, claims: ['kubemon-recordings', ...claimsOf(3)] });
    const three = { components: ['shards'], patches };

    async function ask<Answer>(use: (client: RecorderClient) => Promise<Answer>): Promise<Answer> {
      const { address, stop } = await forwardPort(namespace, 'service/kubemon-recorder', 9880);
      try {
        return await use(new RecorderClient({ host: address }));
      } finally {
        await stop();
      }
    }

    async function runs(): Promise<readonly string[]> {
      return ask(async (client) => (await client.runs()).runs.map(({ run }) => run));
    }

    test('applied over it, the component is refused, and the recorder stays as it is', async () => {
      await ask(async (client) => {
        await client.start('alone', { interval: 0.5, for: 1 });
        await until('it is over', async () => (await client.status()).recording === undefined);
      });
      const refusal = await deployment().change(three).catch(String);
      expect(refusal).toContain("Forbidden: updates to statefulset spec for fields other than 'replicas'");
      expect(refusal).toContain('spec.clusterIPs[0]: Invalid value');
      expect(await runs()).toEqual(['alone']);
    });

    test('without its StatefulSet and Service it takes it; what one recorder has recorded stays on its claim', async () => {
      await removeRecorder();
      await deployment().change(three);
      await ask((client) =>
        until('all shards answer', async () => {
          const { message, shards = [] } = await client.status();
          const numbers = shards.map(({ shard, problem }) => problem ?? shard).join(' ');
          return message.includes('Nothing is recording.') && numbers === '0 1 2';
        }),
      );
      expect(await runs()).toEqual([]);
      const claims = await deployment().kubectl('get', 'pvc', '-o', 'name');
      expect(claims.split('\n').toSorted()).toEqual(
        ['kubemon-recordings', ...claimsOf(3)].map((name) => `persistentvolumeclaim/${name}`),
      );

      await removeRecorder();
      await deployment().change({ patches });
      expect(await runs()).toEqual(['alone']);
    });

    /** By the command of the component's comment. */
    async function removeRecorder(): Promise<void> {
      const comment = readFileSync(join(k8s, 'components/shards/kustomization.yaml'), 'utf8');
      const [, command = ''] = /^# kubectl -n kubemon (.+)$/m.exec(comment) ?? [];
      await deployment().kubectl(...command.split(' '));
    }
  },
);
