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
  const rest = { daemons, ...(last && { last }) };
  if (phase.name === 'idle') return { message: 'Nothing is recording.', ...rest };
  if (phase.name !== 'recording') return { message: `Run ${phase.run} is ${phase.name}.`, ...rest };
  const recording = runStatus(phase.run, phase.recording);
  const { ticks, verdict } = recording;
  const message = `Recording ${phase.run}: ${ticks.done} of ${ticks.planned} ticks so far, ${verdict.verdict}.`;
  return { message, ...rest, recording };
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
    return {
      ...describeTarget(connection),
      connected: isConnected,
      since: isoTime(since),
      ...(error !== undefined && { error }),
    };
  });
  const message = `${connected} of ${expected} daemons are connected (${reason}).`;
  return { message, connected, expected, reason, daemons };
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
