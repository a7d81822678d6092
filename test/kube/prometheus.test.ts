import { expect, test } from 'vitest';
import { deployed } from '../support/kube/deployment.ts';
import { startClusterPrometheus } from '../support/kube/prometheus.ts';
import { describeWith, needs } from '../support/needs.ts';

describeWith(
  [needs.kubernetes, needs.kubemonImage, needs.clusterPrometheus],
  'Prometheus beside the recorder',
  () => {
    const deployment = deployed();

    test('with the shipped configuration it has `node` on every series, and renames no label', async () => {
      const prometheus = await startClusterPrometheus();
      try {
        expect(await prometheus.nodes()).toEqual(deployment().nodes.toSorted());
        expect(await prometheus.query('count({job="kubemon",node=""})')).toEqual([]);
        const labels = await prometheus.labels();
        expect(labels).toEqual(expect.arrayContaining(['node', 'namespace', 'pod', 'container', 'comm']));
        expect(labels.filter((label) => label.startsWith('exported_'))).toEqual([]);
        // Not the exporter's own pod, where a series is of no pod.
        const [unnamed] = await prometheus.query('count(kubemon_node_info{pod!=""})');
        expect(unnamed).toBeUndefined();
        expect(prometheus.log()).toBe('');
      } finally {
        await prometheus.stop();
      }
    });
  },
);
