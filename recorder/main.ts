import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createWallClock } from '../exporter/serve/clock.ts';
import { inPod } from '../exporter/serve/kubernetes/serviceAccount.ts';
import { listen } from '../exporter/serve/listen.ts';
import type { Log } from '../exporter/serve/log.ts';
import { createRegistry } from '../exporter/serve/ownMetrics.ts';
import { openProtection } from '../exporter/serve/protection.ts';
import { SettingError, unusable } from '../exporter/serve/settings.ts';
import { version } from '../exporter/serve/version.ts';
import { type Control, createControl } from './control.ts';
import { openOutputFolder } from './control/outputFolder.ts';
import { createConnections } from './discovery/connections.ts';
import { discover } from './discovery/discover.ts';
import { startProbes } from './discovery/probes.ts';
import { declareOwnMetrics } from './ownMetrics.ts';
import { shareRuns } from './recordings/shareRuns.ts';
import { openTargetTrust } from './scrape/targetTrust.ts';
import { createApp } from './server.ts';
import { ownServiceNames } from './server/serviceNames.ts';
import { createPeers } from './shards/peers.ts';
import { peerUrls } from './shards/peerUrls.ts';
import { onlyShard, ownShard } from './shards/shard.ts';
import type { RecorderSettings } from './settings.ts';

export interface Recorder {
  /** The port that the control API listens on. */
  readonly port: number;
  /** The verbs of the control API, for callers in the same process. */
  readonly control: Control;
  /** Stops a run that is on, and the server. */
  close(): Promise<void>;
  /** Ends as `close`, but leaves a run that is on unfinished: the next recorder goes on with it. */
  suspend(): Promise<void>;
}

/**
 * Starts the recorder: settings become targets, targets a control, the control a server.
 * @param options.resume go on with a run that a recorder left unfinished; default true.
 * @throws SettingError when a file or folder of the settings cannot be used, and an Error of the
 * system when the port is in use or may not be used (EADDRINUSE, EACCES).
 */
export async function startRecorder(
  settings: RecorderSettings,
  log: Log,
  { resume = true }: { readonly resume?: boolean } = {},
): Promise<Recorder> {
  const ending = new AbortController();
  try {
    return await start(settings, log, resume, ending);
  } catch (error) {
    ending.abort();
    throw error;
  }
}

async function start(
  settings: RecorderSettings,
  log: Log,
  resume: boolean,
  ending: AbortController,
): Promise<Recorder> {
  const outputDir = resolve(settings.outputDir);
  if (settings.authAll && settings.authTokenFile === undefined) {
    throw new SettingError(
      'AUTH_ALL (--auth-all) is "true", but it must be false where AUTH_TOKEN_FILE is not set.',
    );
  }
  const shard = ownShard(settings);
  const urls = shard === undefined ? [] : await peerUrls(settings, shard);
  const following = { log, signal: ending.signal };
  const protection = await openProtection(settings, following);
  const trust = await openTargetTrust(settings, following);
  await makeFolder(outputDir);
  const folder = await openOutputFolder(outputDir, { resume, shard, log });
  const clock = createWallClock();
  const discovery = await discover(settings, log, shard).catch(async (error: unknown) => {
    await folder.close();
    throw error;
  });
  const connections = createConnections({ ...settings, discovery, trust, clock, log });
  const token = protection.token?.current;
  const peers = shard && urls.length > 0 ? createPeers({ ...shard, urls, token }) : undefined;
  const control = createControl({ settings, shard, peers, connections, clock, version, log });
  const registry = createRegistry();
  declareOwnMetrics(registry, control, version);
  // Before any Recording and any call can be heard of: nobody starts another run meanwhile.
  if (folder.unfinished !== undefined) control.resume(folder.unfinished);
  async function leave(resumed: Pick<Control, 'suspend'>): Promise<void> {
    await resumed.suspend();
    await Promise.all([connections.close(), folder.close()]);
  }
  const shared = await shareRuns(
    { ...settings, ...(shard ?? onlyShard) },
    {
      control,
      outputDir,
      ...(folder.unfinished && { unfinished: folder.unfinished }),
      clock,
      log,
    },
  ).catch(async (error: unknown) => {
    await leave(control);
    throw error;
  });
  const app = createApp({
    control: shared,
    peers,
    guard: {
      allowedHosts: [
        ...settings.allowedHosts,
        ...(await ownServiceNames()),
        ...urls.map((url) => new URL(url).hostname),
      ],
      token,
      authAll: settings.authAll,
    },
    registry,
    outputDir,
    version,
    log,
    ending: ending.signal,
  });
  let server;
  try {
    const address = settings.listenAddress ?? defaultAddress();
    server = await listen(app, { port: settings.port, address, tls: protection.tls });
  } catch (error) {
    await leave(shared);
    throw error;
  }
  const { port } = server;
  const endProbes = startProbes(connections, () => control.current() !== undefined);
  const end = async (endRun: () => Promise<void>): Promise<void> => {
    endProbes();
    await endRun();
    ending.abort();
    await Promise.all([server.close(), connections.close(), folder.close()]);
  };
  log.info({ port, outputDir, targets: connections.all().length }, 'recorder started');
  return {
    port,
    control: shared,
    close: () => end(shared.close),
    suspend: () => end(shared.suspend),
  };
}

/** Loopback: whoever reaches the recorder may start and delete runs. A pod is reached through its address. */
function defaultAddress(): string | undefined {
  return inPod() ? undefined : '127.0.0.1';
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw unusable('OUTPUT_DIR', path, 'a folder that can be made and written', error);
  }
}
