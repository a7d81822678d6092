import { prefix, tables } from '../../exporter/metrics/index.ts';
import { disagreements } from './bracket.ts';
import { withBusyExporter } from './busyExporter.ts';
import { type BusyFleet, oddComm } from './busyFleet.ts';
import type { RunningExporter } from './exporter.ts';
import { dockerTop } from './fleet.ts';
import { readKernel } from './kernel/index.ts';
import { until } from './until.ts';
import { readExposition, type Readings, type Sample, tableReadings } from './series.ts';

/** What was seen of a busy fleet, by the exporter and by others. Plain data: it may come from another machine. */
export interface Observation {
  readonly cgroupVersion: string;
  /** Sentences: where the exporter and the kernel do not agree. */
  readonly disagreements: readonly string[];
  /** How many values of each scope were compared. */
  readonly compared: Readonly<Record<string, number>>;
  /** Metrics of the table with neither a sample nor a reason why not. */
  readonly unexplained: readonly string[];
  /** Values that are not a plain decimal of at most 9 places. */
  readonly inexact: readonly string[];
  readonly names: { readonly docker: readonly string[]; readonly exporter: readonly string[] };
  /** `container pid`, of the containers that start no processes. */
  readonly processes: { readonly docker: readonly string[]; readonly exporter: readonly string[] };
  /** How many processes are shown under the name that one of them gave itself. */
  readonly oddComms: number;
  /** Network samples of the container on the host's network. */
  readonly hostNetwork: readonly string[];
  readonly hostNetworkReasons: readonly string[];
}

/** Starts a fleet and an exporter, compares both with the kernel and with Docker, removes them. */
export async function observe(room: string): Promise<Observation> {
  return withBusyExporter(room, compare);
}

async function compare(busy: BusyFleet, exporter: RunningExporter): Promise<Observation> {
  const ids = busy.containers.map(({ id }) => id);
  await until('the kernel has counted what the fleet does', () => {
    const readings = readKernel(ids);
    return busy.moves.every(([name, { id }]) => moved(readings, name, id));
  });

  const before = readKernel(ids);
  const text = await exporter.scrape();
  const after = readKernel(ids);
  const samples = readExposition(text);
  const known = new Set([...before.keys(), ...after.keys()].map(thing));
  const ours = new Map([...tableReadings(samples)].filter(([series]) => known.has(thing(series))));
  const quietIds = new Set(busy.quiet.map(({ id }) => id.slice(0, 12)));
  const quietProcesses = samples.filter(
    ({ name, labels }) => name === 'kubemon_process_threads' && quietIds.has(labels['container_id'] ?? ''),
  );
  const quietPids = await Promise.all(
    busy.quiet.map(async (container) =>
      (await dockerTop(container)).map((pid) => `${container.name} ${pid}`),
    ),
  );
  const reasons = samples.filter(({ name }) => name === 'kubemon_exporter_unavailable');
  return {
    cgroupVersion: samples.find(({ name }) => name === 'kubemon_node_info')?.labels['cgroup_version'] ?? '',
    disagreements: disagreements(before, ours, after, quietIds),
    compared: countByScope(ours),
    unexplained: unexplained(samples),
    inexact: text
      .split('\n')
      .filter((line) => /^kubemon_(node|container|process)_/.test(line) && !/ \d+(\.\d{1,9})?$/.test(line)),
    names: {
      docker: busy.containers.map(({ name }) => name).toSorted(),
      exporter: busy.containers.flatMap(({ id }) => namesShown(samples, id)).toSorted(),
    },
    processes: {
      docker: quietPids.flat().toSorted(),
      exporter: quietProcesses.map(({ labels }) => `${labels['container']} ${labels['pid']}`).toSorted(),
    },
    oddComms: quietProcesses.filter(({ labels }) => labels['comm'] === oddComm.shown).length,
    hostNetwork: [...ours.keys()].filter(
      (series) =>
        series.startsWith('kubemon_container_network_') &&
        series.includes(busy.onHostNetwork.id.slice(0, 12)),
    ),
    hostNetworkReasons: reasons
      .filter(({ labels }) => labels['metric']?.startsWith('kubemon_container_network_'))
      .map(({ labels }) => labels['reason'] ?? ''),
  };
}

function moved(readings: Readings, name: string, id: string): boolean {
  const start = `${name} container_id=${id.slice(0, 12)}`;
  return [...readings].some(([series, value]) => series.startsWith(start) && value > 0);
}

/** What a series is about: the node, an interface of it, a container, a process. */
function thing(series: string): string {
  const [name = '', ...labels] = series.split(' ');
  const told = labels.filter((label) => !/^(mode|device)=/.test(label));
  return [name.split('_')[1], ...told].join(' ');
}

/** The container's names: one, unless its samples do not agree. */
function namesShown(samples: readonly Sample[], id: string): readonly string[] {
  const names = samples.flatMap(({ labels }) =>
    labels['container_id'] === id.slice(0, 12) ? [labels['container'] ?? ''] : [],
  );
  return [...new Set(names)];
}

function countByScope(readings: Readings): Readonly<Record<string, number>> {
  const count = (scope: string) =>
    [...readings.keys()].filter((key) => key.startsWith(`kubemon_${scope}_`)).length;
  return { node: count('node'), container: count('container'), process: count('process') };
}

function unexplained(samples: readonly Sample[]): readonly string[] {
  const told = new Set(
    samples.map(({ name, labels }) => (name === 'kubemon_exporter_unavailable' ? labels['metric'] : name)),
  );
  const metrics = tables.flatMap(({ scope, metrics: all }) => all.map(({ name }) => prefix(scope) + name));
  return [...new Set(metrics)].filter((metric) => !told.has(metric));
}
