import { kubeConfigApi } from '../../exporter/serve/kubernetes/kubeConfig.ts';
import { inPod } from '../../exporter/serve/kubernetes/serviceAccount.ts';
import type { Log } from '../../exporter/serve/log.ts';
import type { Control } from '../control.ts';
import type { Manifest } from '../run/manifest.ts';
import type { RecorderSettings } from '../settings.ts';
import type { Shard } from '../shards/shard.ts';
import { createOwnRuns } from './ownRuns.ts';
import { createStore } from './store.ts';
import { sharedControl } from './sharedControl.ts';
import { createTurns } from './turns.ts';

export interface SharedParts {
  readonly control: Control;
  /** Absolute path. */
  readonly outputDir: string;
  /** The run that this recorder goes on with. */
  readonly unfinished?: Manifest;
  /** The wall clock, in seconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
}

/**
 * The verbs of the recorder, whose runs are Recordings of Kubernetes where FROM_K8S holds and the cluster knows
 * them; else, and until then, the verbs as they are.
 * @throws SettingError where there is no way to the Kubernetes API.
 */
export async function shareRuns(
  settings: Pick<RecorderSettings, 'fromK8s' | 'collectInterval'> & Shard,
  parts: SharedParts,
): Promise<Control> {
  const { fromK8s = inPod() } = settings;
  if (!fromK8s) return parts.control;
  const api = await kubeConfigApi();
  const store = createStore({ api, log: parts.log, onChange: () => turns.wake() });
  const own = createOwnRuns(parts.control, settings, parts.clock, parts.unfinished);
  const turns = createTurns({ ...settings, ...parts, store, own });
  return sharedControl({ ...settings, ...parts, store, own, turns });
}
