import type { DaemonsAnswer, InstancesAnswer, LastingProblem, RunStatus, StatusAnswer } from '../api.ts';
import { isoTime } from '../csv/rows.ts';
import type { Connections } from '../discovery/connections.ts';
import { describeTarget } from '../run/describeRun.ts';
import type { Recording } from '../run/recording.ts';
import type { RunProblem } from '../run/runProblem.ts';
import { runFigures } from './runFigures.ts';
import type { Phase } from './phase.ts';

/** GET /status */
export function statusAnswer(
  phase: Phase,
  connections: Connections,
  last: StatusAnswer['last'],
): StatusAnswer {
  const daemons = { connected: connections.connected(), expected: connections.expected().count };
  const discovery = lasting(connections.problems());
  const rest = { daemons, ...(discovery && { discovery }), ...(last && { last }) };
  const sentence = (text: string, problems?: readonly LastingProblem[]) => ({
    message: [text, ...sentences(problems), ...sentences(discovery)].join(' '),
    ...rest,
  });
  if (phase.name === 'idle') {
    const end = last?.problem === undefined ? '' : ` The last run was ${last.run}. ${last.problem}`;
    return sentence(`Nothing is recording.${end}`);
  }
  if (phase.name !== 'recording') return sentence(`Run ${phase.run} is ${phase.name}.`);
  const recording = runStatus(phase.run, phase.recording);
  const { ticks, verdict, problems } = recording;
  const progress = `${ticks.done} of ${ticks.planned} ticks so far, ${verdict.verdict}`;
  return { ...sentence(`Recording ${phase.run}: ${progress}.`, problems), recording };
}

/** Undefined: all is well. */
function lasting(problems: readonly RunProblem[]): readonly LastingProblem[] | undefined {
  if (problems.length === 0) return undefined;
  return problems.map(({ message, since }) => ({ message, since: isoTime(since) }));
}

/** As they stand in a message. */
export function sentences(problems: readonly LastingProblem[] = []): readonly string[] {
  return problems.map(({ message, since }) => `Since ${since}: ${message}`);
}

function runStatus(run: string, recording: Recording): RunStatus {
  const manifest = recording.manifest();
  const { settings, start, verdict } = manifest;
  const lastTick = recording.lastTick();
  const problems = lasting(recording.problems());
  return {
    run,
    path: recording.path,
    start,
    interval: settings.intervalSeconds,
    ...(settings.forSeconds !== undefined && { for: settings.forSeconds }),
    elapsed: Math.round(recording.elapsed() * 1000) / 1000,
    ...runFigures(manifest),
    verdict,
    ...(lastTick && { lastTick }),
    ...(problems && { problems }),
  };
}

/** GET /daemons */
export function daemonsAnswer(connections: Connections): DaemonsAnswer {
  const connected = connections.connected();
  const { count: expected, reason } = connections.expected();
  const daemons = connections.all().map((connection) => {
    const { connected: isConnected, since, error } = connection.state();
    const { ready } = connection.target;
    return {
      ...describeTarget(connection),
      ...(ready !== undefined && { ready }),
      connected: isConnected,
      since: isoTime(since),
      ...(error !== undefined && { error }),
    };
  });
  const discovery = lasting(connections.problems());
  const count = `${connected} of ${expected} daemons are connected (${reason}).`;
  const message = [count, ...sentences(discovery)].join(' ');
  return { message, connected, expected, reason, ...(discovery && { discovery }), daemons };
}

/** GET /instances: of the daemons that are connected. */
export function instancesAnswer(connections: Connections): InstancesAnswer {
  const nodes = connections.all().flatMap(({ target, state }) => {
    const { role, connected, node, instances } = state();
    if (role !== 'daemon' || !connected || instances === undefined) return [];
    return [{ node, target: target.name, os: 1, ...instances }];
  });
  const total = nodes.reduce((sum, { os, containers, processes }) => sum + os + containers + processes, 0);
  return { message: `${total} monitor instances on ${nodes.length} nodes.`, total, nodes };
}
