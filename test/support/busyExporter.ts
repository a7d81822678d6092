import { type BusyFleet, startBusyFleet } from './busyFleet.ts';
import { type RunningExporter, startExporter } from './exporter.ts';
import { readExposition } from './series.ts';
import { until } from './until.ts';

/** Runs `use` with a busy fleet and an exporter that shows all of it by name; removes both in any case. */
export async function withBusyExporter<T>(
  room: string,
  use: (busy: BusyFleet, exporter: RunningExporter) => Promise<T>,
): Promise<T> {
  const busy = await startBusyFleet(room);
  try {
    const exporter = await startExporter();
    try {
      await until('all containers are shown with their names', async () => {
        const samples = readExposition(await exporter.scrape());
        const shown = new Set(samples.map(({ labels }) => labels['container']));
        return busy.containers.every(({ name }) => shown.has(name));
      });
      return await use(busy, exporter);
    } finally {
      await exporter.stop();
    }
  } finally {
    await busy.fleet.remove();
  }
}
