import type { DaemonsAnswer, InstancesAnswer, RunStatus, StatusAnswer } from '../api.ts';
import { isoTime } from '../csv/rows.ts';
import type { Connections } from '../discovery/connections.ts';
import { describeTarget } from '../run/describeRun.ts';
import type { Recording } from '../run/recording.ts';
import { runFigures } from './runFigures.ts';
import type { Phase } from './session.ts';

/** GET /status */
export function statusAnswer(
  phase: Phase,
  connections: Connections,
  last: StatusAnswer['last'],
): StatusAnswer {
  const daemons = { connected: connections.connected(), expected: connections.expected().count };
  const problems = discoveryProblems(connections);
  const rest = { daemons, ...problems.key, ...(last && { last }) };
  const sentence = (text: string) => ({ message: [text, ...problems.sentences].join(' '), ...rest });
  if (phase.name === 'idle') return sentence('Nothing is recording.');
  if (phase.name !== 'recording') return sentence(`Run ${phase.run} is ${phase.name}.`);
  const recording = runStatus(phase.run, phase.recording);
  const { ticks, verdict } = recording;
  const progress = `${ticks.done} of ${ticks.planned} ticks so far, ${verdict.verdict}`;
  return { ...sentence(`Recording ${phase.run}: ${progress}.`), recording };
}

/** What is wrong, as it stands in an answer and in its message. */
function discoveryProblems(connections: Connections) {
  const all = connections.problems().map(({ message, since }) => ({ message, since: isoTime(since) }));
  return {
    key: all.length === 0 ? {} : { discovery: all },
    sentences: all.map(({ message, since }) => `Since ${since}: ${message}`),
  };
}

function runStatus(run: string, recording: Recording): RunStatus {
  const manifest = recording.manifest();
  const { settings, start, verdict } = manifest;
  const lastTick = recording.lastTick();
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
  const problems = discoveryProblems(connections);
  const count = `${connected} of ${expected} daemons are connected (${reason}).`;
  const message = [count, ...problems.sentences].join(' ');
  return { message, connected, expected, reason, ...problems.key, daemons };
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
