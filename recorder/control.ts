import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type {
  DaemonsAnswer,
  HelpAnswer,
  InstancesAnswer,
  MarkAnswer,
  MessageAnswer,
  RunAnswer,
  RunsAnswer,
  StartAnswer,
  StatusAnswer,
  StopAnswer,
  TickResult,
} from './api.ts';
import { helpCalls } from './control/calls.ts';
import { daemonsAnswer, instancesAnswer, statusAnswer } from './control/lookAnswers.ts';
import type { Phase } from './control/phase.ts';
import { wholeManifest } from './control/readManifest.ts';
import type { AgreedStart, RunRequest } from './control/runRequest.ts';
import { createRunStore, type OpenRun } from './control/runStore.ts';
import { createSession, type SessionOptions } from './control/session.ts';
import type { Mark } from './csv/records.ts';
import { isoTime } from './csv/rows.ts';
import { Refusal } from './refusal.ts';
import type { Manifest } from './run/manifest.ts';
import { TooManyMarksError } from './run/marks.ts';
import type { Recording } from './run/recording.ts';

/** The verbs of the recorder. What it will not do is a thrown Refusal. */
export interface Control {
  start(request: RunRequest, agreed?: AgreedStart): Promise<StartAnswer>;
  /** Whether a run could be started now, whatever daemons there are. @throws Refusal */
  check(request: RunRequest): Promise<void>;
  /** How many daemons are connected, where there are as many as it wants. @throws Refusal */
  requireDaemons(request: RunRequest): Promise<number>;
  /** Lets the run that is on end by itself behind that tick, in seconds since the epoch. */
  endAfter(tick: number): void;
  /** @throws StoppedElsewhere where others record the run that is on, and this one does not; Refusal */
  stop(): Promise<StopAnswer>;
  status(): StatusAnswer;
  phase(): Phase['name'];
  /** The run that is on, also while it starts or stops. */
  current(): string | undefined;
  daemons(): DaemonsAnswer;
  /** The same, after they were asked now; while a run is on its ticks ask them. */
  probedDaemons(): Promise<DaemonsAnswer>;
  /** While no run is on, the targets are asked now. */
  instances(): Promise<InstancesAnswer>;
  alive(): MessageAnswer;
  help(): HelpAnswer;
  runs(): Promise<RunsAnswer>;
  run(name: string): Promise<RunAnswer>;
  /** The folder of a run, to be closed by the caller. */
  open(name: string): Promise<OpenRun>;
  remove(name: string): Promise<MessageAnswer>;
  mark(label: string): MarkAnswer;
  /** Calls the listener with each tick's result; returns what ends that. */
  onTick(listener: (result: TickResult) => void): () => void;
  /** Calls the listener when a run has ended, also one that ended by its `for`; returns what ends that. */
  onStop(listener: (answer: StopAnswer) => void): () => void;
  /** Goes on with a run that a recorder left unfinished. */
  resume(manifest: Manifest): void;
  /** Stops a run that is on. */
  close(): Promise<void>;
  /** Leaves a run that is on unfinished, for the next recorder to go on with. */
  suspend(): Promise<void>;
}

export type ControlOptions = Omit<SessionOptions, 'outputDir' | 'onTick' | 'onStop'>;

/** Seconds that targets have to answer when someone asks for what they are now. */
const askPatience = 1;

export function createControl(options: ControlOptions): Control {
  const { settings, connections, log } = options;
  const outputDir = resolve(settings.outputDir);
  const ticks = listeners<TickResult>();
  const stops = listeners<StopAnswer>();
  let last: StatusAnswer['last'];
  const session = createSession({
    ...options,
    outputDir,
    onTick: ticks.tell,
    onStop: (answer) => {
      const { run, path, verdict, problem } = answer;
      last = { run, path, verdict, ...(problem !== undefined && { problem }) };
      stops.tell(answer);
    },
  });
  const store = createRunStore(outputDir, current);

  function current(): string | undefined {
    const phase = session.phase();
    return phase.name === 'idle' ? undefined : phase.run;
  }

  async function manifestOf(name: string): Promise<Manifest> {
    const phase = session.phase();
    if (phase.name === 'recording' && phase.run === name) return phase.recording.manifest();
    const read = wholeManifest(await store.read(name));
    if ('manifest' in read) return read.manifest;
    throw new Refusal(
      409,
      `The run.json of run ${name} is damaged (${read.fault}): fetch the files of the run by their names.`,
    );
  }

  return {
    start: session.start,
    check: session.check,
    requireDaemons: session.requireDaemons,
    endAfter: session.endAfter,
    stop: session.stop,
    status: () => statusAnswer(session.phase(), connections, last),
    phase: () => session.phase().name,
    current,
    daemons: () => daemonsAnswer(connections),
    probedDaemons: async () => {
      if (current() === undefined) await connections.probe(askPatience);
      return daemonsAnswer(connections);
    },
    instances: async () => {
      if (current() === undefined) await connections.probe(askPatience, 'all');
      return instancesAnswer(connections);
    },
    alive: () => ({ message: 'Collector is alive!' }),
    help: () => ({ message: 'The calls of the recorder:', calls: helpCalls }),
    runs: async () => {
      const { runs, failures } = await store.list();
      const count = `${runs.length} runs in ${hostname()}:${outputDir}.`;
      return { message: [count, ...failures].join(' '), runs, ...(failures.length > 0 && { failures }) };
    },
    run: async (name) => {
      const manifest = await manifestOf(name);
      const verdict = manifest.state === 'stopped' ? `, ${manifest.verdict.verdict}` : '';
      return { message: `Run ${name}: ${manifest.state}${verdict}.`, manifest };
    },
    open: store.open,
    remove: async (name) => {
      await store.read(name);
      const phase = session.phase();
      // That start will be refused, as there is a run of this name, or it has made the run just now.
      if (phase.name === 'starting' && phase.run === name) await Promise.allSettled([phase.started]);
      if (current() === name) throw new Refusal(409, `Run ${name} is being recorded: stop it first.`);
      await store.remove(name);
      log.info({ run: name }, 'run deleted');
      return { message: `Deleted run ${name}.` };
    },
    mark: (label) => {
      const phase = session.phase();
      if (phase.name !== 'recording') throw new Refusal(409, 'Nothing is recording.');
      const { timestamp } = marked(phase.recording, label);
      return { message: `Marked "${label}".`, mark: { timestamp: isoTime(timestamp), label } };
    },
    onTick: ticks.add,
    onStop: stops.add,
    resume: session.resume,
    close: session.close,
    suspend: session.suspend,
  };
}

function marked(recording: Recording, label: string): Mark {
  try {
    return recording.mark(label);
  } catch (error) {
    throw error instanceof TooManyMarksError ? new Refusal(409, error.message) : error;
  }
}

function listeners<T>(): {
  readonly add: (listener: (value: T) => void) => () => void;
  readonly tell: (value: T) => void;
} {
  const all = new Set<(value: T) => void>();
  return {
    add: (listener) => {
      all.add(listener);
      return () => all.delete(listener);
    },
    tell: (value) => {
      for (const listener of all) listener(value);
    },
  };
}
