import { hostname } from 'node:os';
import type { Log } from '../../exporter/serve/log.ts';
import type { StartAnswer, StartRequest, StopAnswer, TickResult } from '../api.ts';
import { RunExistsError } from '../csv/folder.ts';
import type { Connections } from '../discovery/connections.ts';
import { microseconds } from '../microseconds.ts';
import { Refusal } from '../refusal.ts';
import type { RunSettings } from '../run/manifest.ts';
import { type Recording, startRecording } from '../run/recording.ts';
import { leadOf } from '../run/schedule.ts';
import type { RecorderSettings } from '../settings.ts';
import { runFigures } from './runFigures.ts';
import { isRunName, runNames } from './runStore.ts';
import { requireSpace, requireWritable } from './space.ts';

/** What the recorder does now: at most one run is on. */
export type Phase =
  | { readonly name: 'idle' }
  | { readonly name: 'starting'; readonly run: string; readonly started: Promise<unknown> }
  | { readonly name: 'recording'; readonly run: string; readonly recording: Recording }
  | { readonly name: 'stopping'; readonly run: string; readonly stopped: Promise<StopAnswer> };

export interface Session {
  readonly phase: () => Phase;
  readonly start: (request: StartRequest) => Promise<StartAnswer>;
  /** A run that is just being started is stopped when it is on. */
  readonly stop: () => Promise<StopAnswer>;
  /** Stops the run that is on; there will be no other. */
  readonly close: () => Promise<void>;
}

export interface SessionOptions {
  readonly settings: RecorderSettings;
  /** Absolute path. */
  readonly outputDir: string;
  readonly connections: Connections;
  /** The wall clock, in seconds since the epoch. */
  readonly clock: () => number;
  readonly version: string;
  readonly log: Log;
  readonly onTick: (result: TickResult) => void;
  readonly onStop: (answer: StopAnswer) => void;
}

/** Seconds that targets have to answer when a run starts. */
const startPatience = 1;
/** Seconds that a stop waits for answers that are due. */
const stopPatience = 2;

export function createSession(options: SessionOptions): Session {
  const { settings, outputDir, connections, log } = options;
  const host = hostname();
  let phase: Phase = { name: 'idle' };
  let closed = false;
  connections.onChange(() => {
    if (phase.name === 'recording') phase.recording.changed();
  });

  async function start(request: StartRequest): Promise<StartAnswer> {
    const { run } = request;
    if (closed) throw new Refusal(503, 'The recorder is ending.');
    if (!isRunName(run)) throw new Refusal(400, `"${run}" cannot be the name of a run: it must ${runNames}.`);
    if (phase.name !== 'idle') throw new Refusal(409, `Already recording ${phase.run}: stop it first.`);
    const started = begin(request);
    phase = { name: 'starting', run, started };
    return started;
  }

  async function begin(request: StartRequest): Promise<StartAnswer> {
    const { run } = request;
    try {
      const daemons = await connectedDaemons();
      await requireWritable(outputDir);
      await requireSpace(outputDir, settings.minFreeBytes);
      const runSettings = settingsOf(request, settings);
      const recording = await record(request, runSettings);
      phase = { name: 'recording', run, recording };
      const { path } = recording;
      log.info({ run, daemons, path, settings: runSettings }, 'recording started');
      return {
        // The original kubemon's sentence, which scripts look for.
        message: `Starting ${daemons} daemons and saving data at ${host}:${path}`,
        run,
        path,
        interval: runSettings.intervalSeconds,
        ...(request.for !== undefined && { for: request.for }),
        daemons,
      };
    } catch (error) {
      phase = { name: 'idle' };
      throw error instanceof RunExistsError
        ? new Refusal(409, `Run ${run} exists in ${host}:${outputDir}: choose another name.`)
        : error;
    }
  }

  async function connectedDaemons(): Promise<number> {
    await connections.probe(startPatience);
    const connected = connections.connected();
    const expected = settings.numDaemons;
    if (connected >= expected) return connected;
    throw new Refusal(409, `${expected} daemon(s) expected. There are connected only ${connected}.`);
  }

  function record(request: StartRequest, runSettings: RunSettings): Promise<Recording> {
    const { run, labels = {} } = request;
    return startRecording({
      run,
      outputDir,
      labels,
      settings: runSettings,
      recorder: { host, version: options.version },
      wall: options.clock,
      connections: () => connections.all(),
      expected: () => connections.expected(),
      log,
      onTick: options.onTick,
      onEnd: () => {
        stop().catch((error: unknown) => {
          log.error({ err: error, run }, 'the run could not be stopped');
        });
      },
    });
  }

  async function stop(): Promise<StopAnswer> {
    // Whoever asks while the run starts means this run.
    if (phase.name === 'starting') await Promise.allSettled([phase.started]);
    if (phase.name === 'stopping') return phase.stopped;
    if (phase.name !== 'recording') throw new Refusal(409, 'Nothing is recording.');
    const { run, recording } = phase;
    const stopped = finish(run, recording);
    phase = { name: 'stopping', run, stopped };
    return stopped;
  }

  async function finish(run: string, recording: Recording): Promise<StopAnswer> {
    try {
      const manifest = await recording.stop(stopPatience);
      const { path } = recording;
      const { verdict } = manifest;
      log.info({ run, path, verdict: verdict.verdict, reasons: verdict.reasons }, 'recording stopped');
      const answer = { message: 'Stopped collector', run, path, verdict, ...runFigures(manifest) };
      options.onStop(answer);
      return answer;
    } finally {
      phase = { name: 'idle' };
    }
  }

  async function close(): Promise<void> {
    closed = true;
    if (phase.name === 'starting') await Promise.allSettled([phase.started]);
    if (phase.name !== 'idle') await stop();
  }

  return { phase: () => phase, start, stop, close };
}

function settingsOf(request: StartRequest, settings: RecorderSettings): RunSettings {
  const intervalSeconds = request.interval ?? settings.collectInterval;
  return {
    intervalSeconds,
    timeoutSeconds: Math.min(settings.scrapeTimeout ?? microseconds(0.8 * intervalSeconds), intervalSeconds),
    leadSeconds: leadOf(intervalSeconds),
    ...(request.for !== undefined && { forSeconds: request.for }),
    numDaemons: settings.numDaemons,
    bodySizeLimit: settings.bodySizeLimit,
    sampleLimit: settings.sampleLimit,
  };
}
