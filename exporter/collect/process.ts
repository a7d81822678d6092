import { fieldsOf } from '../metrics/index.ts';
import { processTable } from '../metrics/process.ts';
import { sum } from '../parse/decimal.ts';
import type { Reading, Value } from '../parse/reading.ts';
import { type Collected, labels, type Labels, type Row } from '../snapshot.ts';
import type { Machine } from '../source/machine.ts';
import type { Interfaces, Networks } from '../source/networks.ts';
import type { Process, Processes } from '../source/processes.ts';
import type { Reason } from '../source/unavailable.ts';
import type { Absences } from './absences.ts';
import type { Container } from './discover.ts';
import { startTime } from './startTime.ts';

export interface ProcessSources {
  readonly processes: Processes;
  readonly networks: Networks;
  readonly machine: Machine;
}

/** The labels of a process, kept from pass to pass: making them anew would be most of the garbage. */
interface Known {
  readonly container: Labels;
  readonly comm: string;
  readonly labels: Labels;
  pass: number;
}

const networkFields = fieldsOf(processTable, '/proc/PID/net/dev', 'v2');

type Collector = (containers: readonly Container[], absences: Absences) => Collected;

const delays = 'cpu_iowait_seconds_total';
const tableWithoutDelays = {
  ...processTable,
  metrics: processTable.metrics.filter(({ name }) => name !== delays),
};

/** Collects every process of the containers. A process that ends meanwhile is simply not there. */
export function createProcessCollector(sources: ProcessSources): Collector {
  const { processes, networks, machine } = sources;
  const known = new Map<number, Known>();
  let pass = 0;

  function labelsOf({ pid, comm }: Process, container: Labels): Labels {
    const before = known.get(pid);
    if (before?.container === container && before.comm === comm) {
      before.pass = pass;
      return before.labels;
    }
    const made = labels(processTable.labels, [...container.values, String(pid), comm]);
    known.set(pid, { container, comm, labels: made, pass });
    return made;
  }

  function forgetOthers(): void {
    for (const [pid, process] of known) if (process.pass !== pass) known.delete(pid);
  }

  function networkOf(process: Process, sums: Map<string, Reading>): Reading | Reason | undefined {
    const namespace = networks.namespaceOf(process);
    if (namespace === undefined) return undefined;
    const before = sums.get(namespace);
    if (before !== undefined) return before;
    const interfaces = networks.interfaces(namespace, process.pid);
    if (interfaces === undefined || typeof interfaces === 'string') return interfaces;
    const total = sumUp(interfaces);
    sums.set(namespace, total);
    return total;
  }

  function read(
    process: Process,
    identity: Labels,
    sums: Map<string, Reading>,
    absences: Absences,
  ): Row | undefined {
    const details = processes.details(process.pid);
    if (details === undefined) return undefined;
    const readings: Record<string, Reading> = {
      '/proc/PID/stat': process.fields,
      computed: { start_time: startTime(process, machine) },
    };
    for (const [file, reading] of [
      ['/proc/PID/net/dev', networkOf(process, sums)],
      ['/proc/PID/statm', details.statm],
      ['/proc/PID/io', details.io],
    ] as const) {
      if (typeof reading === 'string') absences.file(processTable, file, reading);
      else if (reading !== undefined) readings[file] = reading;
    }
    return { labels: identity, readings };
  }

  return (containers, absences) => {
    pass += 1;
    const sums = new Map<string, Reading>();
    const rows: Row[] = [];
    for (const { labels: container, members } of containers) {
      for (const process of members) {
        const row = read(process, labelsOf(process, container), sums, absences);
        if (row !== undefined) rows.push(row);
      }
    }
    forgetOthers();
    if (machine.delayAccounting) return { tables: [{ table: processTable, rows }], infos: [] };
    absences.metric(processTable, delays, 'delayacct_off');
    return { tables: [{ table: tableWithoutDelays, rows }], infos: [] };
  };
}

function sumUp(interfaces: Interfaces): Reading {
  // With no interface but lo the sums are a true 0.
  const total: Record<string, Value | undefined> = Object.fromEntries(
    networkFields.map((field) => [field, 0]),
  );
  for (const { interface: name, fields } of interfaces) {
    if (name === 'lo') continue;
    for (const field of networkFields) total[field] = sumOf(total[field], fields[field]);
  }
  return total;
}

/** Of what is not known there is no sum. */
function sumOf(a: Value | undefined, b: Value | undefined): Value | undefined {
  return a === undefined || b === undefined ? undefined : sum(a, b);
}
