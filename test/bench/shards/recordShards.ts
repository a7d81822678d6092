import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Verdict } from '../../../recorder/index.ts';
import { freePort } from '../../support/freePort.ts';
import { until } from '../../support/until.ts';
import { processUse } from '../processUse.ts';
import type { Arrivals } from '../recorder/daemonMessages.ts';
import { type Load, type Place, settlingTime, withFleet } from '../recorder/measureRun.ts';
import { type RecordedTicks, type Recorder, startRecorder } from '../recorder/recorder.ts';
import { withCleanup } from '../withCleanup.ts';
import type { Cluster } from './cluster.ts';

export interface ShardsLoad extends Load {
  /** So many recorders share the daemons. */
  readonly shards: number;
}

/** What one of them recorded. */
export interface RecordedPart extends RecordedTicks {
  /** Its memory before it had heard of its daemons, in bytes. */
  readonly residentAtStart: number;
}

/** A run of several recorders, started by a Recording and stopped by it after at least so many ticks. */
export interface ShardsRun {
  readonly load: ShardsLoad;
  /** By shard. */
  readonly parts: readonly RecordedPart[];
  readonly arrivals: Arrivals;
  /** Of one daemon's answer. */
  readonly samplesPerScrape: number;
  readonly bytesOnWire: number;
  /** CPU seconds that the simulated daemons took meanwhile. */
  readonly daemonCpu: number;
  /** Of the whole run, as any of the recorders tells it. */
  readonly verdict: Pick<Verdict, 'verdict' | 'reasons'>;
}

/** Seconds that the recorders have to find all daemons and to hear of each. */
const patience = 120;

let runs = 0;

export async function recordShards(
  load: ShardsLoad,
  { scratch, recorded }: Place,
  cluster: Cluster,
): Promise<ShardsRun> {
  const run = `shards-${++runs}`;
  return withFleet({ ...load, addressed: true, recorded }, async (fleet) =>
    withCleanup(async (putOff) => {
      await cluster.serve(run, fleet);
      const folder = join(scratch, run);
      putOff(() => rmSync(folder, { recursive: true, force: true }));
      const recorders = await Promise.all(
        (await settingsOf(load, folder)).map(async (own) => {
          const settings = { ...cluster.settings, SERVICE_NAME: run, ...own };
          const recorder = await startRecorder(settings, { ready: cluster.ready });
          putOff(recorder.stop);
          return { ...recorder, residentAtStart: processUse(recorder.pid).resident };
        }),
      );
      const [first] = recorders;
      if (first === undefined) throw new Error('A run needs a recorder.');
      await untilConnected(first, load.daemons);
      await sleep(settlingTime(load.daemons / load.shards) * 1000);
      const before = processUse(fleet.pid).cpu;
      const parts = await record(recorders, load, run, cluster);
      return {
        load,
        parts,
        arrivals: await fleet.arrivals(),
        samplesPerScrape: fleet.samplesPerScrape,
        bytesOnWire: fleet.bytesOnWire,
        daemonCpu: processUse(fleet.pid).cpu - before,
        verdict: (await first.client.run(run)).manifest.verdict,
      };
    }),
  );
}

/** By shard. */
async function settingsOf({ shards }: ShardsLoad, folder: string) {
  const ports = await Promise.all(Array.from({ length: shards }, freePort));
  return ports.map((port, shard) => ({
    RECORDER_PORT: String(port),
    OUTPUT_DIR: join(folder, String(shard)),
    SHARD: String(shard),
    SHARDS: String(shards),
    PEERS: ports.map((each) => `http://127.0.0.1:${each}`).join(','),
  }));
}

/**
 * That all are found, and nearly all have answered last time: so many that all are probed at once may be late for it.
 * @param recorder any of them answers for all.
 */
async function untilConnected({ client }: Recorder, daemons: number): Promise<void> {
  await until(
    `the recorders have found ${daemons} daemons and are connected to nine of ten`,
    async () => {
      const { connected = 0, expected } = (await client.status().catch(() => undefined))?.daemons ?? {};
      return expected === daemons && connected >= daemons * 0.9;
    },
    patience,
  );
}

async function record(
  recorders: readonly (Recorder & Pick<RecordedPart, 'residentAtStart'>)[],
  { interval, ticks: enough }: ShardsLoad,
  run: string,
  cluster: Cluster,
): Promise<readonly RecordedPart[]> {
  let following = 0;
  async function start(): Promise<void> {
    if (++following === recorders.length) await cluster.start(run, interval);
  }
  return Promise.all(
    recorders.map(async ({ follow, residentAtStart }, shard) => {
      const told = await follow(start, async (ticks) => {
        if (shard === 0 && ticks === enough) await cluster.stop(run);
      });
      return { ...told, residentAtStart };
    }),
  );
}
