import type { BenchOptions } from '../report.ts';
import { withCleanup } from '../withCleanup.ts';
import { startKubemonExporter } from './exporters.ts';
import type { FleetSize } from './fleetSize.ts';
import { startFloor } from './floor.ts';
import { kernelFilesOf } from './kernelFiles.ts';
import { type Cost, type Costs, measureCosts, type Rounds } from './measure.ts';
import type { Programs } from './programs.ts';
import { untilShown } from './shown.ts';
import { type Stages, startStages } from './stagesProcess.ts';
import { startStandIns } from './standIns.ts';

/** What kubemon costs with so many stand-in containers. */
export interface SizeCost {
  readonly size: FleetSize;
  readonly cost: Cost;
  readonly floor: Costs['floor'];
  readonly stages: Stages;
}

/** Containers and processes grow together as on real machines, and processes grow alone. */
const sizes: readonly FleetSize[] = [
  { containers: 60, processes: 1000 },
  { containers: 60, processes: 2000 },
  { containers: 60, processes: 5000 },
  { containers: 250, processes: 2000 },
  { containers: 500, processes: 5000 },
];
const quickSizes: readonly FleetSize[] = [
  { containers: 4, processes: 20 },
  { containers: 8, processes: 100 },
];

export async function measureSizes(
  { quick, say, scratch }: BenchOptions,
  programs: Programs,
  rounds: Rounds,
): Promise<readonly SizeCost[]> {
  const costs: SizeCost[] = [];
  for (const size of quick ? quickSizes : sizes) {
    say(`${size.processes} processes in ${size.containers} stand-in containers`);
    costs.push(
      await withCleanup(async (putOff) => {
        const fleet = startStandIns(size, programs.worker);
        putOff(fleet.remove);
        await fleet.started;
        const server = await startKubemonExporter('kubemon');
        putOff(server.stop);
        await untilShown(server, size, '');
        const floor = await startFloor(programs.floor, kernelFilesOf(server.pid), scratch);
        putOff(floor.stop);
        const stages = startStages();
        putOff(stages.stop);
        const costsOf = await measureCosts([{ server, encoding: 'identity' }], { floor, stages }, rounds);
        const [cost] = costsOf.exporters;
        if (cost === undefined) throw new Error('Kubemon was measured.');
        return { size, cost, floor: costsOf.floor, stages: costsOf.stages };
      }),
    );
  }
  return costs;
}
