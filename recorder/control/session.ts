import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../exporter/serve/log.ts';
import type { StartAnswer, StopAnswer, TickResult } from '../api.ts';
import { DamagedRunError, RunExistsError } from '../csv/folder.ts';
import type { Connections } from '../discovery/connections.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import { Refusal } from '../refusal.ts';
import { type Expected, larger } from '../run/expected.ts';
import type { Manifest, RunSettings } from '../run/manifest.ts';
import type { Recording, StoppedRun } from '../run/recording.ts';
import { resumeRecording } from '../run/resumeRecording.ts';
import { startRecording } from '../run/startRecording.ts';
import type { RecorderSettings } from '../settings.ts';
import type { Peers } from '../shards/peers.ts';
import { runFolderName } from '../shards/runFolderName.ts';
import type { Shard } from '../shards/shard.ts';
import { connectedDaemons } from './connectedDaemons.ts';
import { endProblem } from './endProblem.ts';
import { writeLastManifest } from './lastManifest.ts';
import { type Phase, refusalWhile } from './phase.ts';
import { runFigures } from './runFigures.ts';
import type { AgreedStart, RunRequest } from './runRequest.ts';
import { settingsOf } from './runSettings.ts';
import { isRunName, runNames } from './runNames.ts';
import { diskRefusal, requireSpace, requireWritable } from './space.ts';
import { startSentence } from './startSentence.ts';
import { markInterrupted } from './unfinishedRuns.ts';

export interface Session {
  readonly phase: () => Phase;
  /** Whether a run could be started now, whatever daemons there are. @throws Refusal */
  readonly check: (request: RunRequest) => Promise<void>;
  /** How many daemons are connected, where there are as many as it wants. @throws Refusal */
  readonly requireDaemons: (request: RunRequest) => Promise<number>;
  /** @param agreed others have checked, and start it, too. */
  readonly start: (request: RunRequest, agreed?: AgreedStart) => Promise<StartAnswer>;
  /** Lets the run that is on end by itself behind that tick, in seconds since the epoch. */
  readonly endAfter: (tick: number) => void;
  /** Goes on with a run that a recorder left unfinished; until then the run is `starting`. */
  readonly resume: (manifest: Manifest) => void;
  /** A run that is just being started is stopped when it is on. */
  readonly stop: () => Promise<StopAnswer>;
  /** Stops the run that is on; there will be no other. */
  readonly close: () => Promise<void>;
  /** Leaves the run that is on unfinished, for the next recorder to go on with; there will be no other. */
  readonly suspend: () => Promise<void>;
}

export interface SessionOptions {
  readonly settings: RecorderSettings;
  /** Absolute path. */
  readonly outputDir: string;
  readonly connections: Connections;
  /** Absent: this recorder is the only one. */
  readonly shard?: Shard | undefined;
  /** The recorders of all shards; absent: this one knows of no other. */
  readonly peers?: Peers | undefined;
  /** The wall clock, in seconds since the epoch. */
  readonly clock: () => number;
  readonly version: string;
  readonly log: Log;
  readonly onTick: (result: TickResult) => void;
  readonly onStop: (answer: StopAnswer) => void;
}

/** Seconds that a stop or a suspension waits for answers that are due. */
const stopPatience = 2;

export function createSession(options: SessionOptions): Session {
  const { settings, outputDir, connections, log } = options;
  const host = hostname();
  let phase: Phase = { name: 'idle' };
  let closed = false;
  const ending = new AbortController();
  connections.onChange(() => {
    if (phase.name === 'recording') phase.recording.changed();
  });

  async function check(request: RunRequest): Promise<void> {
    requireIdle(request);
    await requireRoom();
    if (existsSync(folderOf(request.run))) throw runExists(request.run);
  }

  function folderOf(run: string): string {
    return join(outputDir, runFolderName({ run, ...options.shard }));
  }

  function requireIdle({ run }: RunRequest): void {
    if (closed) throw new Refusal(503, 'The recorder is ending.');
    if (!isRunName(run)) throw new Refusal(400, `"${run}" cannot be the name of a run: it must ${runNames}.`);
    if (phase.name !== 'idle') throw refusalWhile(phase);
  }

  async function requireRoom(): Promise<void> {
    await requireWritable(outputDir);
    await requireSpace(outputDir, settings.minFreeBytes);
  }

  function runExists(run: string): Refusal {
    return new Refusal(409, `Run ${run} exists in ${host}:${outputDir}: choose another name.`);
  }

  async function start(request: RunRequest, agreed?: AgreedStart): Promise<StartAnswer> {
    requireIdle(request);
    const started = begin(request, agreed);
    phase = { name: 'starting', run: request.run, started };
    return started;
  }

  async function begin(request: RunRequest, agreed?: AgreedStart): Promise<StartAnswer> {
    const { run } = request;
    try {
      const daemons = agreed === undefined ? await requireDaemons(request) : connections.connected();
      await requireRoom();
      const runSettings = settingsOf(request, settings, agreed);
      const recording = await record(request, runSettings);
      phase = { name: 'recording', run, recording };
      const { path } = recording;
      log.info({ run, daemons, path, settings: runSettings }, 'recording started');
      return {
        message: startSentence(daemons, host, path),
        run,
        path,
        interval: runSettings.intervalSeconds,
        ...(request.for !== undefined && { for: request.for }),
        daemons,
      };
    } catch (error) {
      phase = { name: 'idle' };
      throw error instanceof RunExistsError ? runExists(run) : (diskRefusal(error) ?? error);
    }
  }

  function requireDaemons({ daemons = 0 }: RunRequest): Promise<number> {
    return connectedDaemons(Math.max(settings.numDaemons, daemons), options);
  }

  function record(request: RunRequest, runSettings: RunSettings): Promise<Recording> {
    const { run, labels = {} } = request;
    const recorder = { host, version: options.version };
    const { shard } = options;
    return startRecording({
      run,
      shard,
      labels,
      settings: runSettings,
      recorder,
      ...surroundings(run, runSettings),
    });
  }

  function surroundings(run: string, { numDaemons }: Pick<RunSettings, 'numDaemons'>) {
    return {
      outputDir,
      wall: options.clock,
      connections: () => connections.all(),
      expected: () => larger(connections.expected(), askedFor(connections.share(numDaemons))),
      problems: () => connections.problems(),
      trust: connections.trust,
      log,
      onTick: options.onTick,
      onEnd: () => {
        stop().catch((error: unknown) => {
          log.error({ err: error, run }, 'the run could not be stopped');
        });
      },
    };
  }

  function resume(manifest: Manifest): void {
    phase = { name: 'starting', run: manifest.run, started: goOn(manifest) };
  }

  async function goOn(manifest: Manifest): Promise<void> {
    const { run } = manifest;
    try {
      // It waits for no target: a tick without those that are not found yet is better than none.
      const recording = await resumeRecording({ manifest, ...surroundings(run, manifest.settings) });
      phase = { name: 'recording', run, recording };
      const { ticks, interruptions } = recording.manifest();
      log.info({ run, path: recording.path, ticks, interruptions }, 'recording resumed');
    } catch (error) {
      if (error instanceof DamagedRunError)
        await markInterrupted(join(outputDir, runFolderName(manifest)), manifest, error.message, log);
      else log.error({ err: error, run }, `Run ${run} cannot be gone on with now: ${messageOf(error)}`);
      phase = { name: 'idle' };
    }
  }

  function endAfter(tick: number): void {
    if (phase.name !== 'recording') return;
    phase.recording.endAfter(tick);
    phase = { ...phase, isEnding: true };
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
      return tellStop(run, recording.path, await recording.stop(stopPatience));
    } finally {
      phase = { name: 'idle' };
    }
  }

  function tellStop(run: string, path: string, stopped: StoppedRun): StopAnswer {
    if (stopped.toldBy !== 'run.json') void writeLastManifest(path, stopped, log, ending.signal);
    const { manifest } = stopped;
    const { verdict } = manifest;
    log.info({ run, path, verdict: verdict.verdict, reasons: verdict.reasons }, 'recording stopped');
    const problem = endProblem(stopped, path);
    if (problem !== undefined) log.error({ run, path }, problem);
    const answer = {
      message: problem === undefined ? 'Stopped collector' : `Stopped collector. ${problem}`,
      run,
      path,
      verdict,
      ...(problem !== undefined && { problem }),
      ...runFigures(manifest),
    };
    options.onStop(answer);
    return answer;
  }

  async function close(): Promise<void> {
    closed = true;
    if (phase.name === 'starting') await Promise.allSettled([phase.started]);
    if (phase.name !== 'idle') await stop();
    ending.abort();
  }

  async function suspend(): Promise<void> {
    closed = true;
    if (phase.name === 'starting') await Promise.allSettled([phase.started]);
    if (phase.name === 'stopping') await phase.stopped;
    ending.abort();
    if (phase.name !== 'recording') return;
    const { run, recording } = phase;
    const suspended = leave(run, recording);
    phase = { name: 'suspending', run, suspended };
    await suspended;
  }

  async function leave(run: string, recording: Recording): Promise<void> {
    const { path } = recording;
    const stopped = await recording.suspend(stopPatience);
    if (stopped !== undefined) tellStop(run, path, stopped);
    else log.info({ run, path }, 'recording suspended: it goes on when the recorder is started again');
  }

  return { phase: () => phase, check, requireDaemons, start, endAfter, resume, stop, close, suspend };
}

/** What the run was asked for with; NUM_DAEMONS tells its own reason. */
function askedFor(daemons: number): Expected {
  return { count: daemons, reason: `the run was asked for with ${daemons}` };
}
