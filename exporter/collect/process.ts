import { fieldsOf } from '../metrics/index.ts';
import { type ProcessFile, processTable } from '../metrics/process.ts';
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

/** A process as it was shown last. One that says the same again is shown as the same object. */
interface Known {
  readonly container: Labels;
  readonly comm: string;
  readonly labels: Labels;
  row: ProcessRow | undefined;
  pass: number;
}

interface ProcessRow extends Row {
  readonly readings: Readonly<Record<ProcessFile, Reading | undefined>>;
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
  const sums = new WeakMap<Interfaces, Reading>();
  let pass = 0;

  function know({ pid, comm }: Process, container: Labels): Known {
    const before = known.get(pid);
    if (before?.container === container && before.comm === comm) {
      before.pass = pass;
      return before;
    }
    const values = [...container.values, String(pid), comm];
    const made = { container, comm, labels: labels(processTable.labels, values), row: undefined, pass };
    known.set(pid, made);
    return made;
  }

  function forgetOthers(): void {
    for (const [pid, process] of known) if (process.pass !== pass) known.delete(pid);
  }

  function networkOf(process: Process): Reading | Reason | undefined {
    const namespace = networks.namespaceOf(process);
    if (namespace === undefined) return undefined;
    const interfaces = networks.interfaces(namespace, process.pid);
    if (interfaces === undefined || typeof interfaces === 'string') return interfaces;
    const total = sums.get(interfaces) ?? sumUp(interfaces);
    sums.set(interfaces, total);
    return total;
  }

  function read(process: Process, container: Labels, absences: Absences): Row | undefined {
    const details = processes.details(process.pid);
    if (details === undefined) return undefined;
    const shown = know(process, container);
    const last = shown.row?.readings;
    const statm = given('/proc/PID/statm', details.statm, absences);
    const io = given('/proc/PID/io', details.io, absences);
    const network = given('/proc/PID/net/dev', networkOf(process), absences);
    const hasRun = last?.['/proc/PID/stat'] !== process.fields;
    const isSame =
      !hasRun &&
      last['/proc/PID/statm'] === statm &&
      last['/proc/PID/io'] === io &&
      last['/proc/PID/net/dev'] === network;
    if (isSame) return shown.row;
    const readings = {
      '/proc/PID/stat': process.fields,
      '/proc/PID/statm': statm,
      '/proc/PID/io': io,
      '/proc/PID/net/dev': network,
      computed: hasRun ? { start_time: startTime(process, machine) } : last.computed,
    };
    return (shown.row = { labels: shown.labels, readings });
  }

  return (containers, absences) => {
    pass += 1;
    const rows: Row[] = [];
    for (const { labels: container, members } of containers) {
      for (const process of members) {
        const row = read(process, container, absences);
        if (row !== undefined) rows.push(row);
      }
    }
    forgetOthers();
    if (machine.delayAccounting) return { tables: [{ table: processTable, rows }], infos: [] };
    absences.metric(processTable, delays, 'delayacct_off');
    return { tables: [{ table: tableWithoutDelays, rows }], infos: [] };
  };
}

/** What could be read; why it could not is noted. */
function given(
  file: ProcessFile,
  reading: Reading | Reason | undefined,
  absences: Absences,
): Reading | undefined {
  if (typeof reading !== 'string') return reading;
  absences.file(processTable, file, reading);
  return undefined;
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
