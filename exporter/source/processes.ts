import { existsSync } from 'node:fs';
import { fieldsOf } from '../metrics/index.ts';
import { processTable } from '../metrics/process.ts';
import { createKeyedParser } from '../parse/keyed.ts';
import { parseProcessStat, type ProcessStat } from '../parse/processStat.ts';
import type { Bytes, Reading, Value } from '../parse/reading.ts';
import { parseStatm } from '../parse/statm.ts';
import type { KernelFiles } from './files.ts';
import { type HeldReading, holdReading, Vanished } from './heldReading.ts';
import type { Reason } from './unavailable.ts';

/** A process as /proc/PID/stat shows it. */
export interface Process extends ProcessStat {
  readonly pid: number;
}

/** What is read of a process besides its stat. */
export interface ProcessDetails {
  readonly statm: Reading | Reason;
  readonly io: Reading | Reason;
}

interface HeldProcess {
  readonly stat: HeldReading<ProcessStat>;
  readonly statm: HeldReading<Reading>;
  readonly io: HeldReading<Reading>;
  /** What its stat says. */
  shown: Process | undefined;
  /** In clock ticks since boot; undefined before stat is read. */
  started: Value | undefined;
  /** Whether statm and io are known to be of the life that started then. */
  proven: boolean;
  pass: number;
}

const parseIo = createKeyedParser(fieldsOf(processTable, '/proc/PID/io', 'v2'));

/** Reads processes over held descriptors, and lets go of those that are no longer asked for. */
export class Processes {
  readonly #held = new Map<number, HeldProcess>();
  readonly #files: KernelFiles;
  readonly #procfs: string;
  #pass = 0;

  constructor(files: KernelFiles, procfs: string) {
    this.#files = files;
    this.#procfs = procfs;
  }

  /** Begins a pass over all processes; those that the last pass did not read are let go of. */
  begin(): void {
    for (const [pid, process] of this.#held) {
      if (process.pass !== this.#pass) this.#release(pid, process);
    }
    this.#pass += 1;
  }

  /**
   * Undefined when the process has ended; a word where we may not read it. Gives the same object again while
   * its stat says the same.
   */
  read(pid: number): Process | Reason | undefined {
    // A held descriptor that says its process is gone may be of an earlier life of this pid.
    return this.#read(pid) ?? this.#read(pid);
  }

  /** Of a process that this pass has read; undefined when it has ended since. */
  details(pid: number): ProcessDetails | undefined {
    const held = this.#held.get(pid);
    if (held === undefined) return undefined;
    try {
      const details = { statm: readBeside(held, held.statm), io: readBeside(held, held.io) };
      // They were opened after stat: if the pid was given to another process in between, stat is gone.
      if (!held.proven) readStat(held);
      held.proven = true;
      return details;
    } catch (error) {
      return this.#ended(pid, held, error);
    }
  }

  #read(pid: number): Process | Reason | undefined {
    const held = this.#held.get(pid) ?? this.#hold(pid);
    held.pass = this.#pass;
    try {
      const stat = readStat(held);
      if (typeof stat === 'string') return stat;
      if (held.shown?.fields !== stat.fields) held.shown = { pid, ...stat };
      return held.shown;
    } catch (error) {
      return this.#ended(pid, held, error);
    }
  }

  /** @throws what is not the end of the process. */
  #ended(pid: number, held: HeldProcess, error: unknown): undefined {
    this.#release(pid, held);
    if (!(error instanceof Vanished)) throw error;
    return undefined;
  }

  #hold(pid: number): HeldProcess {
    const folder = `${this.#procfs}/${pid}`;
    const missing = () => {
      if (existsSync(folder)) return 'not_supported_by_kernel';
      // There always is a process 1: where it cannot be seen, procfs is mounted with hidepid.
      return existsSync(`${this.#procfs}/1`) ? 'vanished' : 'permission_denied';
    };
    const held: HeldProcess = {
      stat: holdReading(this.#files.hold(`${folder}/stat`), parseStat, missing),
      statm: holdReading(this.#files.hold(`${folder}/statm`), parseStatm, missing),
      io: holdReading(this.#files.hold(`${folder}/io`), parseIo, missing),
      shown: undefined,
      started: undefined,
      proven: false,
      pass: this.#pass,
    };
    this.#held.set(pid, held);
    return held;
  }

  #release(pid: number, { stat, statm, io }: HeldProcess): void {
    stat.close();
    statm.close();
    io.close();
    this.#held.delete(pid);
  }
}

// A stat that is opened for each read does not by itself tell that the pid was given to another process.
function readStat(held: HeldProcess): ProcessStat | Reason {
  const stat = held.stat.read();
  if (typeof stat === 'string') return stat;
  const { starttime } = stat.fields;
  if (held.started !== undefined && held.started !== starttime) throw new Vanished();
  held.started = starttime;
  return stat;
}

/** A file that says that the process is gone, though its stat says that it lives, has failed. */
function readBeside(held: HeldProcess, file: HeldReading<Reading>): Reading | Reason {
  try {
    return file.read();
  } catch (error) {
    if (!(error instanceof Vanished)) throw error;
    readStat(held);
    return 'read_error';
  }
}

// Of a process that is being torn down the kernel may give nothing.
function parseStat(text: Bytes): ProcessStat {
  const stat = parseProcessStat(text);
  if (stat !== undefined) return stat;
  if (text.length === 0) throw new Vanished();
  throw new Error('The stat of a process is no line of numbers.');
}
