import { kubeConfigApi } from '../../exporter/serve/kubernetes/kubeConfig.ts';
import { inPod } from '../../exporter/serve/kubernetes/serviceAccount.ts';
import type { Log } from '../../exporter/serve/log.ts';
import { SettingError } from '../../exporter/serve/settings.ts';
import { sum } from '../run/expected.ts';
import type { RecorderSettings } from '../settings.ts';
import { shardDiscovery } from '../shards/shardDiscovery.ts';
import type { Shard } from '../shards/shard.ts';
import { createTargetOrder } from '../shards/targetOrder.ts';
import type { Discovery } from './discovery.ts';
import { kubernetesDiscovery } from './kubernetes/discovery.ts';
import { staticDiscovery } from './static.ts';

/**
 * What the settings say: TARGETS, and with FROM_K8S the endpoints of SERVICE_NAME beside them; of one of several
 * shards its own.
 * @throws SettingError where there is no way to the Kubernetes API.
 */
export async function discover(
  settings: Pick<RecorderSettings, 'targets' | 'fromK8s' | 'serviceName'>,
  log: Log,
  shard?: Shard,
): Promise<Discovery> {
  const all = await discoverAll(settings, log);
  if (shard === undefined) return all;
  const [, ...further] = settings.serviceName;
  return shardDiscovery(all, shard, createTargetOrder(settings.targets, further));
}

async function discoverAll(
  { targets, fromK8s = inPod(), serviceName }: Pick<RecorderSettings, 'targets' | 'fromK8s' | 'serviceName'>,
  log: Log,
): Promise<Discovery> {
  const named = staticDiscovery(targets);
  if (!fromK8s) return named;
  const [daemons, ...further] = serviceName;
  if (daemons === undefined) {
    throw new SettingError('SERVICE_NAME (--service-name) must name a service while FROM_K8S is true.');
  }
  const taken = new Set(['recorder', ...targets.map(({ name }) => name)]);
  const found = kubernetesDiscovery({ api: await kubeConfigApi(), daemons, further, taken, log });
  return targets.length === 0 ? found : both(named, found);
}

/** The targets of two sources whose names differ. */
function both(a: Discovery, b: Discovery): Discovery {
  return {
    targets: () => [...a.targets(), ...b.targets()],
    expected: () => sum(a.expected(), b.expected()),
    problems: () => [...a.problems(), ...b.problems()],
    found: async () => {
      await Promise.all([a.found(), b.found()]);
    },
    onChange: (listener) => {
      a.onChange(listener);
      b.onChange(listener);
    },
    close: () => {
      a.close();
      b.close();
    },
  };
}
