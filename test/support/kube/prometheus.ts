import { readFileSync } from 'node:fs';
import { shippedScrapeConfiguration } from '../needs.ts';
import { type Prometheus, startPrometheusWith } from '../prometheus.ts';
import { until } from '../until.ts';

export interface ClusterPrometheus extends Prometheus {
  /** The nodes that it scrapes. */
  nodes(): Promise<readonly string[]>;
}

/**
 * The real Prometheus with the shipped configuration. It runs outside the cluster here, so it is told
 * KUBECONFIG; the rest of the file is what a user would apply. Resolves when it has scraped every exporter twice.
 */
export async function startClusterPrometheus(): Promise<ClusterPrometheus> {
  const shipped = readFileSync(shippedScrapeConfiguration, 'utf8');
  const configuration = shipped.replaceAll(
    '- role: pod\n',
    `- role: pod\n        kubeconfig_file: ${process.env['KUBECONFIG'] ?? ''}\n`,
  );
  const prometheus = await startPrometheusWith(configuration);
  try {
    await until('Prometheus has scraped every exporter twice', async () => {
      const scrapes = await prometheus.query('count_over_time(up{job="kubemon"}[1m])');
      return scrapes.length > 0 && scrapes.every(({ value }) => Number(value[1]) >= 2);
    });
  } catch (error) {
    await prometheus.stop();
    throw error;
  }
  return {
    ...prometheus,
    nodes: async () => {
      const up = await prometheus.query('up{job="kubemon"} == 1');
      return up.map(({ metric }) => metric['node'] ?? '').toSorted();
    },
  };
}
