import type { BenchOptions } from '../report.ts';
import { withCleanup } from '../withCleanup.ts';
import { startDockerFleet, type Work } from './dockerFleet.ts';
import { startKubemonExporter, startPeers } from './exporters.ts';
import type { FleetSize } from './fleetSize.ts';
import { startFloor } from './floor.ts';
import { kernelFilesOf } from './kernelFiles.ts';
import { type Costs, measureCosts, type Rounds } from './measure.ts';
import type { Programs } from './programs.ts';
import { untilShown } from './shown.ts';
import { measureSkew } from './skew.ts';
import { startStages } from './stagesProcess.ts';

/** What all exporters cost beside one fleet. */
export interface SideBySide extends Costs {
  readonly work: Work;
  readonly size: FleetSize;
  /** Kubemon began to collect so long after the moment asked for, in seconds. */
  readonly skew: number;
}

/** Starts a fleet and all exporters anew, and measures them in the same rounds. */
export async function measureSideBySide(
  work: Work,
  size: FleetSize,
  { say, scratch }: BenchOptions,
  programs: Programs,
  rounds: Rounds,
): Promise<SideBySide> {
  return withCleanup(async (putOff) => {
    say(`${work}: ${size.containers} containers with ${size.processes} processes are started`);
    const fleet = startDockerFleet(size, work, scratch);
    putOff(fleet.remove);
    await fleet.started;
    const start = async (name: string) => {
      const server = await startKubemonExporter(name);
      putOff(server.stop);
      return server;
    };
    const plain = await start('kubemon');
    const zipping = await start('kubemon');
    const peers = await startPeers(scratch);
    putOff(async () => {
      await Promise.all(peers.map(async ({ stop }) => stop()));
    });
    await untilShown(plain, size, 'bench-');
    const floor = await startFloor(programs.floor, kernelFilesOf(plain.pid), scratch);
    putOff(floor.stop);
    const stages = startStages();
    putOff(stages.stop);
    const [node, usual, ...others] = peers.map((server) => ({ server, encoding: 'identity' as const }));
    if (node === undefined || usual === undefined) throw new Error('The peers have been started.');
    const contenders = [
      { server: plain, encoding: 'identity' as const },
      node,
      usual,
      { server: zipping, encoding: 'gzip' as const },
      ...others,
    ];
    say(`${work}: ${rounds.rounds} rounds of ${contenders.length} exporters`);
    const costs = await measureCosts(contenders, { floor, stages }, rounds);
    return { ...costs, work, size, skew: await measureSkew(plain, rounds.warmUp * 2) };
  });
}
