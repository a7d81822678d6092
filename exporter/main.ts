import { createAppointments } from './appointments.ts';
import { createCollect } from './collect.ts';
import { createGarbageCollection } from './garbage.ts';
import { createExposition } from './exposition.ts';
import { createOwnMetrics } from './ownMetrics.ts';
import { createRegistry, renderRegistry } from './serve/ownMetrics.ts';
import { listen, type Listening } from './serve/listen.ts';
import type { Log } from './serve/log.ts';
import { openProtection } from './serve/protection.ts';
import { version } from './serve/version.ts';
import { createApp } from './server.ts';
import type { Scope } from './metrics/spec.ts';
import type { ExporterSettings } from './settings.ts';
import type { Snapshot } from './snapshot.ts';
import { waitForNames } from './source/openNames.ts';
import { openSources } from './sources.ts';

/**
 * Starts the exporter: settings become sources, sources a server.
 * @throws SettingError when a file or folder of the settings cannot be used, and an Error of the
 * system when the port is in use or may not be used (EADDRINUSE, EACCES).
 */
export async function startExporter(settings: ExporterSettings, log: Log): Promise<Listening> {
  const ending = new AbortController();
  try {
    return await start(settings, log, ending);
  } catch (error) {
    ending.abort();
    throw error;
  }
}

async function start(settings: ExporterSettings, log: Log, ending: AbortController): Promise<Listening> {
  const collectGarbage = createGarbageCollection();
  const protection = await openProtection(settings, { log, signal: ending.signal });
  const sources = await openSources(settings, log);
  const { tree, machine, files, clock } = sources;
  const exposition = createExposition(tree.version === 1 ? 'v1' : 'v2', machine);
  const registry = createRegistry();
  const own = createOwnMetrics(registry, version);
  const app = createApp({
    collectAt: createAppointments(createCollect(sources), clock),
    render: async function* render(snapshot, { wanted, format }, isAlone) {
      own.show(snapshot, files.held);
      const last = await renderRegistry(registry, format);
      yield* exposition(only(snapshot, wanted), format, !isAlone());
      yield last;
      setImmediate(collectGarbage);
    },
    clock,
    maxConcurrentScrapes: settings.maxConcurrentScrapes,
    token: protection.token?.current,
    version,
    log,
  });
  try {
    // A container that was there before is not to come later than the exporter.
    await waitForNames(sources.names);
    const server = await listen(app, {
      port: settings.monitorPort,
      address: settings.listenAddress,
      tls: protection.tls,
    });
    log.info({ port: server.port, node: machine.hostname, cgroup: tree.version }, 'exporter started');
    return {
      port: server.port,
      close: async () => {
        await server.close();
        sources.close();
        ending.abort();
        log.info('exporter ended');
      },
    };
  } catch (error) {
    sources.close();
    throw error;
  }
}

/** Who shares another's collection gets what they asked for. */
function only(snapshot: Snapshot, wanted: readonly Scope[]): Snapshot {
  return {
    ...snapshot,
    tables: snapshot.tables.filter(({ table }) => wanted.includes(table.scope)),
    infos: snapshot.infos.filter(({ scope }) => wanted.includes(scope)),
  };
}
