import type { KubernetesApi } from '../../../exporter/serve/kubernetes/api.ts';
import type { Discovery } from '../../../recorder/discovery/discovery.ts';
import { kubernetesDiscovery } from '../../../recorder/discovery/kubernetes/discovery.ts';
import { parseServices } from '../../../recorder/discovery/kubernetes/serviceReference.ts';
import { recordedLog } from '../../exporter/source/recordedLog.ts';

export interface Discovering extends Discovery {
  readonly logged: readonly string[];
  names(): readonly string[];
}

/** Discovery of SERVICE_NAME as a recorder of that namespace does it. */
export function discovering(api: KubernetesApi, namespace: string, serviceName: string): Discovering {
  const [daemons, ...further] = parseServices(serviceName);
  if (daemons === undefined) throw new Error('SERVICE_NAME names no service.');
  const { log, lines } = recordedLog();
  const inside = { ...api, namespace };
  const discovery = kubernetesDiscovery({ api: inside, daemons, further, taken: new Set(['recorder']), log });
  return { ...discovery, logged: lines, names: () => discovery.targets().map(({ name }) => name) };
}
