import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Arrivals, FleetOptions } from './daemonMessages.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { type RecordedTicks, type Recorder, startRecorder } from './recorder.ts';

export interface Load extends Omit<FleetOptions, 'recorded'> {
  readonly ticks: number;
  /** Node.js' own options for the recorder. */
  readonly nodeOptions?: readonly string[];
}

/** What a run is made in. */
export interface Place {
  readonly scratch: string;
  /** File with a recorded exposition. */
  readonly recorded: string;
}

/** A run of a recorder of its own, which is still there. */
export interface MeasuredRun extends RecordedTicks {
  readonly load: Load;
  readonly fleet: Fleet;
  readonly recorder: Recorder;
  readonly arrivals: Arrivals;
}

let runs = 0;

/** Seconds in which the recorder, which is there before its runs, reads what it will scrape: 100 daemons in five. */
export function settlingTime(daemons: number): number {
  return daemons <= 100 ? 0 : (daemons / 100 + 2) * 5;
}

/** Records simulated daemons; `use` looks at what came of it before recorder and daemons are ended. */
export async function measureRun<Result>(
  load: Load,
  { scratch, recorded }: Place,
  use: (run: MeasuredRun) => Result | Promise<Result>,
): Promise<Result> {
  return withFleet({ ...load, recorded }, async (fleet) => {
    const outputDir = join(scratch, `runs-${++runs}`);
    const settings = { OUTPUT_DIR: outputDir, TARGETS: fleet.targets, FROM_K8S: 'false' };
    const recorder = await startRecorder(settings, { nodeOptions: load.nodeOptions });
    try {
      await sleep(settlingTime(load.daemons) * 1000);
      const ticks = await recorder.record('bench', load.interval, load.ticks);
      return await use({ ...ticks, load, fleet, recorder, arrivals: await fleet.arrivals() });
    } finally {
      await recorder.stop();
      // A minute of 1,000 daemons is half a gigabyte.
      rmSync(outputDir, { recursive: true, force: true });
    }
  });
}

export async function withFleet<Result>(
  options: FleetOptions,
  use: (fleet: Fleet) => Promise<Result>,
): Promise<Result> {
  const fleet = await startFleet(options);
  try {
    return await use(fleet);
  } finally {
    await fleet.stop();
  }
}
