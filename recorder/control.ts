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
  StartRequest,
  StatusAnswer,
  StopAnswer,
  TickResult,
} from './api.ts';
import { helpCalls } from './control/calls.ts';
import { daemonsAnswer, instancesAnswer, statusAnswer } from './control/lookAnswers.ts';
import { createRunStore, isRunName, type RunFile } from './control/runStore.ts';
import { createSession, type SessionOptions } from './control/session.ts';
import { isoTime } from './csv/rows.ts';
import { Refusal } from './refusal.ts';
import type { Manifest } from './run/manifest.ts';

/** The verbs of the recorder. What it will not do is a thrown Refusal. */
export interface Control {
  start(request: StartRequest): Promise<StartAnswer>;
  stop(): Promise<StopAnswer>;
  status(): StatusAnswer;
  /** The run that is on, also while it starts or stops. */
  current(): string | undefined;
  daemons(): DaemonsAnswer;
  /** While no run is on, the targets are asked now. */
  instances(): Promise<InstancesAnswer>;
  alive(): MessageAnswer;
  help(): HelpAnswer;
  runs(): Promise<RunsAnswer>;
  run(name: string): Promise<RunAnswer>;
  /** The files of a run's folder. */
  files(name: string): Promise<readonly RunFile[]>;
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

/** Seconds that targets have to answer when someone asks for the instances. */
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
    const manifest = isRunName(name) ? await store.read(name) : undefined;
    if (manifest === undefined) throw new Refusal(404, `There is no run "${name}": GET /runs lists them.`);
    return manifest;
  }

  return {
    start: session.start,
    stop: session.stop,
    status: () => statusAnswer(session.phase(), connections, last),
    current,
    daemons: () => daemonsAnswer(connections),
    instances: async () => {
      if (current() === undefined) await connections.probe(askPatience, 'all');
      return instancesAnswer(connections);
    },
    alive: () => ({ message: 'Collector is alive!' }),
    help: () => ({ message: 'The calls of the recorder:', calls: helpCalls }),
    runs: async () => {
      const runs = await store.list();
      return { message: `${runs.length} runs in ${hostname()}:${outputDir}.`, runs };
    },
    run: async (name) => {
      const manifest = await manifestOf(name);
      const verdict = manifest.state === 'stopped' ? `, ${manifest.verdict.verdict}` : '';
      return { message: `Run ${name}: ${manifest.state}${verdict}.`, manifest };
    },
    files: async (name) => {
      await manifestOf(name);
      return store.files(name);
    },
    remove: async (name) => {
      await manifestOf(name);
      if (current() === name) throw new Refusal(409, `Run ${name} is being recorded: stop it first.`);
      await store.remove(name);
      log.info({ run: name }, 'run deleted');
      return { message: `Deleted run ${name}.` };
    },
    mark: (label) => {
      const phase = session.phase();
      if (phase.name !== 'recording') throw new Refusal(409, 'Nothing is recording.');
      const { timestamp } = phase.recording.mark(label);
      return { message: `Marked "${label}".`, mark: { timestamp: isoTime(timestamp), label } };
    },
    onTick: ticks.add,
    onStop: stops.add,
    resume: session.resume,
    close: session.close,
    suspend: session.suspend,
  };
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
