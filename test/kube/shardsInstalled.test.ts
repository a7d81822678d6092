import { expect, test } from 'vitest';
import { shardOf } from '../../recorder/shards/rendezvous.ts';
import { curl, namespace } from '../support/kube/deployment.ts';
import { installedShards } from '../support/kube/installedShards.ts';
import { kubectl } from '../support/kube/kubectl.ts';
import { getRecording, untilStatus } from '../support/kube/recordings.ts';
import { recorderRights, rightsOf } from '../support/kube/rights.ts';
import { describeWith, needs } from '../support/needs.ts';
import type { RunTables } from '../support/runFolder.ts';

const shards = [0, 1, 2];

describeWith(
  [needs.kubernetes, needs.kubemonImage, needs.clusterDns, needs.hostAddresses],
  'three recorders on a real cluster',
  () => {
    const { installation, deployment, nodes, recorder, connected, record, complete, fetch } =
      installedShards();

    /** The nodes of each of so many shards. */
    function shares(count: number): readonly (readonly string[])[] {
      return Array.from({ length: count }, (_, shard) =>
        nodes().filter((node) => shardOf(node, count) === shard),
      );
    }

    test('four commands make one folder with a verdict, in which every daemon is in one shard', async () => {
      // kubectl apply -k has been given.
      await connected();
      await record('test000', { interval: 1, for: '10s', daemons: nodes().length });
      await complete('test000');
      const { address, client } = await recorder(1);
      const { output, folders, parts } = await fetch('test000', address);

      const { manifest } = await client.run('test000');
      const { verdict, reasons } = manifest.verdict;
      process.stderr.write(`A run of three shards: ${[verdict, ...reasons].join(' ')}\n`);
      expect(output).toContain(`verified (SHA-256), ${verdict}\nShards: 3 of 3\n`);
      expect((await getRecording(deployment(), 'test000')).status?.verdict).toBe(verdict);
      expect(folders).toEqual(['shard=0', 'shard=1', 'shard=2']);
      expect(parts.map(nodesOf)).toEqual(shares(3));
      const { settings, ticks } = manifest;
      for (const part of parts) {
        expect(part.manifest.settings.firstTick).toBe(settings.firstTick);
        expect(part.manifest.ticks).toMatchObject({ planned: 10, last: ticks.last });
      }
    });

    test.each(shards)('recorder %i answers for all', async (shard) => {
      await connected();
      const { client } = await recorder(shard);
      const all = shards.map((each) => ({ shard: each }));
      const { length } = nodes();
      expect(await client.status()).toMatchObject({
        shards: all,
        daemons: { connected: length, expected: length },
      });
      const { daemons, shards: asked } = await client.daemons();
      expect([daemons.map(({ node }) => node).toSorted(), asked]).toEqual([nodes(), all]);
      const { runs } = await client.runs();
      expect(runs).toEqual([expect.objectContaining({ run: 'test000', shards: 3, state: 'stopped' })]);
      expect(runs[0]).not.toHaveProperty('missingShards');
    });

    test('pods call the Service by the name that it has with one recorder', async () => {
      const command = ['kubemon', 'daemons', '--host', 'kubemon-recorder.kubemon:9880'];
      const printed = await deployment().kubectl('exec', 'kubemon-recorder-0', '--', ...command);
      for (const node of nodes()) expect(printed).toContain(node);
    });

    test('a recorder that is deleted goes on with its part; curl stops the run at another one', async () => {
      await record('deleted', { interval: 1 });
      const before = await untilStatus(deployment(), 'deleted', 'recorded by all', ({ shards: told = {} }) =>
        shards.every((shard) => (told[shard]?.ticks?.done ?? 0) >= 3),
      );
      await deployment().kubectl('delete', 'pod', 'kubemon-recorder-1');
      const done = before.shards?.[1]?.ticks?.done ?? 0;
      await untilStatus(
        deployment(),
        'deleted',
        'gone on with',
        ({ shards: told = {} }) => (told[1]?.ticks?.done ?? 0) > done + 3,
      );
      const { address } = await recorder(2);
      const { status, body } = await curl('-X', 'POST', `http://${address}/stop`);
      expect([status, body]).toEqual([200, expect.stringContaining('Stopped collector')]);
      await complete('deleted');

      const { parts } = await fetch('deleted', address);
      expect(parts.map(nodesOf)).toEqual(shares(3));
      expect(parts[1]?.manifest.interruptions).toHaveLength(1);
      const gaps = parts.map(({ rows }) =>
        rows('events.csv').filter(({ kind, target }) => kind === 'gap' && target === 'recorder'),
      );
      expect(gaps[1]).toHaveLength(1);
      process.stderr.write(`A recorder of three is deleted: ${gaps[1]?.[0]?.['detail'] ?? ''}\n`);
      const [first] = parts;
      for (const { manifest } of parts) {
        const { planned, last } = manifest.ticks;
        expect({ planned, last }).toEqual({
          planned: first?.manifest.ticks.planned,
          last: first?.manifest.ticks.last,
        });
      }
    });

    test('its account has these rights, and no more', async () => {
      expect(await rightsOf(`system:serviceaccount:${namespace}:kubemon-recorder`, namespace)).toEqual(
        recorderRights,
      );
    });

    test('applied again, it changes nothing', async () => {
      expect(await kubectl('diff', '-k', deployment().overlay)).toBe('');
    });

    test('with two recorders the third part of a run is missed, and is there again with three', async () => {
      await deployment().change({ ...installation, settings: { SHARDS: '2' } });
      await connected();
      await record('fewer', { interval: 1, for: '3s', daemons: nodes().length });
      await complete('fewer');
      const two = await recorder(0);
      expect((await fetch('fewer', two.address)).parts.map(nodesOf)).toEqual(shares(2));
      expect((await two.client.run('test000')).manifest).toMatchObject({
        missingShards: [2],
        verdict: { verdict: 'inconclusive' },
      });

      await deployment().change(installation);
      await connected();
      const three = await recorder(2);
      const { manifest } = await three.client.run('test000');
      expect(manifest).not.toHaveProperty('missingShards');
      expect((await getRecording(deployment(), 'test000')).status?.verdict).toBe(manifest.verdict.verdict);
      expect((await three.client.run('fewer')).manifest).not.toHaveProperty('missingShards');
    });
  },
);

function nodesOf(part: RunTables): readonly string[] {
  return [...new Set(part.rows('node.csv').map(({ node = '' }) => node))].toSorted();
}
