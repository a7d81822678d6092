import { hostname } from 'node:os';
import { createLog } from '../../exporter/serve/log.ts';
import type { ExporterSettings } from './exporter.ts';
import { type Recorder, startRecorder } from '../main.ts';
import type { Target } from '../scrape/target.ts';
import type { RecorderSettings } from '../settings.ts';
import { type ExporterProcess, startExporterProcess } from './exporterProcess.ts';
import { type FirstRun, firstRun } from './firstRun.ts';
import { requireLinux } from './linux.ts';
import { nextCommands } from './nextCommands.ts';
import { say } from './output.ts';
import { onNextFreePort } from './ports.ts';
import { aborted, endingSignal } from './signals.ts';
import { summary } from './summary.ts';

export interface LocalOptions extends FirstRun {
  /** End after the run. */
  readonly once?: boolean;
  readonly exporter: ExporterSettings;
  readonly recorder: RecorderSettings;
  /** What the command line and the environment say; the exporter's process reads its settings from them. */
  readonly flags: Readonly<Record<string, string>>;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Exporter and recorder on loopback: a first run, its summary, then serving until a signal.
 * A signal, or the loss of the exporter, stops the run first, so that its folder is complete.
 */
export async function local(options: LocalOptions): Promise<void> {
  requireLinux();
  const asked = endingSignal();
  const exporter = await startExporterProcess(options.flags, options.environment);
  try {
    sayMoved('exporter', options.exporter.monitorPort, exporter.port);
    const recorder = await startLocalRecorder(options, exporter.port);
    try {
      sayMoved('recorder', options.recorder.port, recorder.port);
      await recordAndServe(options, exporter, recorder, AbortSignal.any([asked, exporter.ended]));
      exporter.ended.throwIfAborted();
    } finally {
      await recorder.close();
    }
  } finally {
    await exporter.close();
  }
}

async function recordAndServe(
  options: LocalOptions,
  exporter: ExporterProcess,
  recorder: Recorder,
  ending: AbortSignal,
): Promise<void> {
  const stopped = await firstRun(recorder.control, options, ending);
  if (stopped === undefined) return;
  const { manifest } = await recorder.control.run(stopped.run);
  say(`\n${summary(manifest, stopped.path)}`);
  if (ending.aborted) return;
  const commands = nextCommands({
    path: stopped.path,
    outputDir: options.recorder.outputDir,
    host: options.once === true ? undefined : hostOf(options, recorder.port),
    tokenFile: options.recorder.authTokenFile,
  });
  say(`\nNext\n${commands.map((command) => `  ${command}`).join('\n')}`);
  if (options.once === true) return;
  say(`\nServing the recorder on ${scheme(options)}://127.0.0.1:${recorder.port} until Ctrl-C,`);
  say(`and the exporter on http://127.0.0.1:${exporter.port}/metrics.`);
  await aborted(ending);
}

function scheme({ recorder }: LocalOptions): 'http' | 'https' {
  return recorder.tlsCertFile === undefined ? 'http' : 'https';
}

/** As --host takes it. */
function hostOf(options: LocalOptions, port: number): string {
  return `${scheme(options) === 'https' ? 'https://' : ''}localhost:${port}`;
}

async function startLocalRecorder(options: LocalOptions, exporterPort: number): Promise<Recorder> {
  const targets = [localTarget(options, exporterPort), ...options.recorder.targets];
  const log = createLog('recorder', options.recorder.logLevel);
  return onNextFreePort(options.recorder.port, (port) =>
    // It is there for a run of its own: an unfinished one waits for `kubemon recorder`.
    startRecorder({ ...options.recorder, port, targets, fromK8s: false }, log, { resume: false }),
  );
}

/** This machine's exporter, under a name that TARGETS does not use. */
function localTarget({ exporter, recorder }: LocalOptions, port: number): Target {
  const node = exporter.nodeName ?? hostname();
  const taken = new Set(['recorder', ...recorder.targets.map(({ name }) => name)]);
  const name = taken.has(node) ? `${node}-local` : node;
  return { name, node, url: `http://127.0.0.1:${port}/metrics`, role: 'daemon' };
}

function sayMoved(what: string, wanted: number, port: number): void {
  if (wanted !== 0 && wanted !== port) say(`Port ${wanted} is in use: the ${what} listens on ${port}.`);
}
