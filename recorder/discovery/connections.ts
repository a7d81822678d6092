import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../exporter/serve/log.ts';
import { type Connection, createConnection } from '../run/connection.ts';
import type { Expected } from '../run/expected.ts';
import { createScraper } from '../scrape/request.ts';
import type { TargetTrust } from '../scrape/targetTrust.ts';
import type { Discovery, Problem } from './discovery.ts';

/** The discovered targets and what is known of them. */
export interface Connections {
  all(): readonly Connection[];
  /** Daemons: targets known as kubemon exporters that answered last time. */
  connected(): number;
  /** How many daemons there ought to be: the larger of NUM_DAEMONS and what discovery says. */
  expected(): Expected;
  /** How many of so many daemons are this recorder's: all of them, but where shards share them. */
  share(count: number): number;
  /** What keeps discovery from knowing what is there now. */
  problems(): readonly Problem[];
  /** How targets are verified, and what they are told of the recorder. */
  readonly trust: TargetTrust | undefined;
  /**
   * Asks every target; resolves when all have answered, after `timeout` seconds at the latest. Where none
   * has been found yet, it waits as long for that.
   * @param what of kubemon exporters; `unread`: `node`, but some of those of which nothing else was read yet are
   *     asked for `all`, until that could be read: a first tick at which all series are new would come too late
   */
  probe(timeout: number, what?: Probed): Promise<void>;
  /** Called after the targets have changed. */
  onChange(listener: () => void): void;
  close(): Promise<void>;
}

export type Probed = 'node' | 'all' | 'unread';

export interface ConnectionsOptions {
  readonly discovery: Discovery;
  readonly numDaemons: number;
  readonly bodySizeLimit: number;
  readonly sampleLimit: number;
  readonly trust?: TargetTrust;
  /** The wall clock, in seconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
}

export function createConnections(options: ConnectionsOptions): Connections {
  const { discovery, clock, log, trust } = options;
  let connections = new Map<string, Connection>();
  const taken = new WeakSet<Connection>();
  const scraper = createScraper({
    clock,
    maxBytes: options.bodySizeLimit,
    trust,
    targets: () => connections.size,
  });

  /** A target that stays keeps what is known of it; of one at another address, its role is assumed. */
  function adopt(): void {
    connections = new Map(
      discovery.targets().map((target) => {
        const known = connections.get(target.name);
        if (known?.target.url === target.url) {
          known.retarget(target);
          return [target.name, known];
        }
        const role = known?.target.role === target.role ? known.state().role : undefined;
        return [target.name, createConnection(target, { maxSamples: options.sampleLimit, clock, role })];
      }),
    );
  }
  adopt();
  discovery.onChange(adopt);

  async function probe(connection: Connection, timeout: number, what: Probed): Promise<void> {
    const busy = connection.inFlight();
    if (busy !== undefined) {
      // Its answer tells as much.
      await Promise.race([busy, sleep(timeout * 1000, undefined, { ref: false })]);
      return;
    }
    const before = connection.state();
    const ask = (all: boolean): Promise<unknown> => {
      // Others than kubemon exporters have other collectors.
      const part = !all && before.role === 'daemon' ? { collect: ['node'] } : {};
      return connection.ask(scraper, { deadline: clock() + timeout, ...part });
    };
    await ask(what !== 'node');
    if (what === 'unread') {
      const { error } = connection.state();
      // What was read until then is known next time.
      if (error === undefined || !error.startsWith('timeout')) taken.add(connection);
      // That it could not be read does not mean that it is away.
      if (error !== undefined) await ask(false);
    }
    const { connected, error } = connection.state();
    const told = { target: connection.target.name, ...(error !== undefined && { error }) };
    if (connected && !before.connected) log.info(told, 'target connected');
    if (!connected && before.connected) log.warn(told, 'target lost');
  }

  /** Some that were not asked for everything yet. */
  function someUnread(all: readonly Connection[]): readonly Connection[] {
    const unread = all.filter((each) => isConnectedDaemon(each) && each.state().instances === undefined);
    return unread.filter((each) => !taken.has(each)).slice(0, unreadAtOnce);
  }

  function share(count: number): number {
    return discovery.share?.(count) ?? count;
  }

  return {
    all: () => [...connections.values()],
    connected: () => [...connections.values()].filter(isConnectedDaemon).length,
    expected: () =>
      expectedDaemons(share(options.numDaemons), discovery.expected(), [...connections.values()]),
    share,
    problems: () => discovery.problems(),
    trust,
    probe: async (timeout, what = 'node') => {
      await Promise.race([discovery.found(), sleep(timeout * 1000, undefined, { ref: false })]);
      const all = [...connections.values()];
      const unread = new Set(what === 'unread' ? someUnread(all) : []);
      const asked = what === 'all' ? 'all' : 'node';
      await Promise.all(all.map((each) => probe(each, timeout, unread.has(each) ? 'unread' : asked)));
    },
    onChange: (listener) => {
      discovery.onChange(listener);
    },
    close: async () => {
      discovery.close();
      await scraper.close();
    },
  };
}

/** What is read for the first time takes ten times as long: so many daemons take about a second. */
const unreadAtOnce = 100;

function isConnectedDaemon(connection: Connection): boolean {
  const { role, connected } = connection.state();
  return role === 'daemon' && connected;
}

/** Discovery takes targets for daemons until they have answered as something else. */
function expectedDaemons(
  numDaemons: number,
  discovered: Expected,
  connections: readonly Connection[],
): Expected {
  const others = connections.filter(
    (connection) => connection.target.role === 'daemon' && connection.state().role === 'further',
  ).length;
  const count = discovered.count - others;
  return numDaemons > count
    ? { count: numDaemons, reason: `NUM_DAEMONS is ${numDaemons}` }
    : {
        count,
        reason:
          others === 0
            ? discovered.reason
            : `${discovered.reason}, ${others} of them no kubemon exporter${others === 1 ? '' : 's'}`,
      };
}
