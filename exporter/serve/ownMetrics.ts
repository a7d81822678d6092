import { collectDefaultMetrics, Counter, Registry } from 'prom-client';

/** Of prom-client's default metrics, those that cost nothing when nobody asks and that promtool accepts. */
const kept: ReadonlySet<string> = new Set([
  'process_start_time_seconds',
  'process_resident_memory_bytes',
  'nodejs_heap_size_total_bytes',
  'nodejs_heap_size_used_bytes',
  'nodejs_external_memory_bytes',
  'nodejs_gc_duration_seconds',
  'nodejs_version_info',
]);

// The monitor of the event loop is not kept, but prom-client leaves it running: so let it wake once a day.
const eventLoopMonitoringPrecision = 24 * 60 * 60 * 1000;

/** A registry that tells of this process; further metrics are declared with `registers: [registry]`. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision });
  for (const { name } of registry.getMetricsAsArray()) {
    if (!kept.has(name)) registry.removeSingleMetric(name);
  }
  // prom-client's own adds up differences: without the time before it was declared, and with the noise
  // of every addition, such as 0.30000000000000004.
  registry.registerMetric(
    new Counter({
      name: 'process_cpu_seconds_total',
      help: 'CPU time of the process, user and system.',
      registers: [],
      collect() {
        const { user, system } = process.cpuUsage();
        this.reset();
        this.inc((user + system) / 1e6);
      },
    }),
  );
  return registry;
}

/**
 * The registry's metrics as exposition text. prom-client renders a registry in one format for good, so
 * OpenMetrics is made of its text: there a counter's family has no _total, and `# EOF` ends it.
 * https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export async function renderRegistry(registry: Registry, format: 'text' | 'openmetrics'): Promise<string> {
  const text = (await registry.metrics()).replaceAll('\n\n', '\n');
  if (format === 'text') return text;
  return `${text.replaceAll(/^# (HELP|TYPE) (\S+)_total /gm, '# $1 $2 ')}# EOF\n`;
}
