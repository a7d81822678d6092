/**
 * The exporter of `kubemon local`, in a process of its own so that its cost is told apart from the
 * recorder's. It lives as long as its parent: however the parent ends, the channel between them
 * closes, and this process ends. It answers with one ExporterMessage.
 */
import { createLog } from '../../exporter/serve/log.ts';
import { readSettings } from '../../exporter/serve/settings.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import { type Exporter, loadExporterOptions, startExporter } from './exporter.ts';
import type { ExporterMessage } from './exporterProcess.ts';
import { onNextFreePort } from './ports.ts';
import { endInTime, ignoreEndingSignals } from './signals.ts';

// A Ctrl-C reaches the whole process group, but the run's last ticks still need this exporter.
ignoreEndingSignals();
const parentGone = new Promise((resolve) => {
  process.once('disconnect', resolve);
});

try {
  const exporter = await start();
  tell({ port: exporter.port });
  await parentGone;
  endInTime();
  await exporter.close();
  process.exit(0);
} catch (error) {
  tell({ failure: messageOf(error) });
  process.exit(1);
}

/** The parent has checked the flags; they come as one JSON object. */
async function start(): Promise<Exporter> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by exporterProcess.ts
  const flags = JSON.parse(process.argv[2] ?? '{}') as Readonly<Record<string, string>>;
  const settings = readSettings(await loadExporterOptions(), flags, process.env);
  const log = createLog('exporter', settings.logLevel);
  return onNextFreePort(settings.monitorPort, (monitorPort) =>
    startExporter({ ...settings, monitorPort }, log),
  );
}

function tell(message: ExporterMessage): void {
  // Without a channel the parent is gone, and nobody is left to tell.
  if (process.connected) process.send?.(message);
}
