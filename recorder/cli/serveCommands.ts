import type { Command } from 'commander';
import { createLog } from '../../exporter/serve/log.ts';
import { addSettings, readSettings } from '../../exporter/serve/settings.ts';
import { examples } from './examples.ts';
import { type ExporterOptions, startExporter } from './exporter.ts';
import { recorderSettings } from '../settings.ts';
import { requireLinux } from './linux.ts';
import { listenFailure } from './ports.ts';
import { aborted, endingSignal } from './signals.ts';

/** exporter, recorder. */
export function addServeCommands(program: Command, exporterOptions: ExporterOptions): void {
  const exporter = program
    .command('exporter')
    .description("serve this machine's metrics for Prometheus and the recorder")
    .addHelpText(
      'after',
      examples('kubemon exporter', 'kubemon exporter --monitor-port 9900 --listen-address 10.0.1.2'),
    );
  addSettings(exporter, exporterOptions);
  exporter.action(async () => {
    requireLinux();
    const settings = readSettings(exporterOptions, exporter.opts(), process.env);
    const listen = [
      settings.listenAddress ?? 'all addresses',
      settings.monitorPort,
      '--monitor-port',
    ] as const;
    await serve(() => startExporter(settings, createLog('exporter', settings.logLevel)), listen);
  });

  const recorder = program
    .command('recorder')
    .description('serve the control API and record runs')
    .addHelpText(
      'after',
      examples(
        'kubemon recorder --targets node1=http://10.0.1.3:9822/metrics,node2=http://10.0.1.4:9822/metrics',
      ),
    );
  addSettings(recorder, recorderSettings);
  recorder.action(async () => {
    const settings = readSettings(recorderSettings, recorder.opts(), process.env);
    const listen = [settings.listenAddress ?? 'all addresses', settings.port, '--recorder-port'] as const;
    await serve(async () => {
      const { startRecorder } = await import('../main.ts');
      return startRecorder(settings, createLog('recorder', settings.logLevel));
    }, listen);
  });
}

/**
 * Serves until SIGINT, SIGTERM or SIGHUP. SIGTERM is what a rolling update, an eviction and a drain of
 * the node send: what can be suspended goes on elsewhere.
 */
async function serve(
  start: () => Promise<{ close(): Promise<void>; suspend?(): Promise<void> }>,
  listen: readonly [address: string, port: number, portFlag: string],
): Promise<void> {
  const ending = endingSignal();
  let server;
  try {
    server = await start();
  } catch (error) {
    throw listenFailure(error, ...listen);
  }
  await aborted(ending);
  if (ending.reason === 'SIGTERM' && server.suspend) await server.suspend();
  else await server.close();
}
