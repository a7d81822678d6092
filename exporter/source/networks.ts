import { readlinkSync, statSync } from 'node:fs';
import { parseNetDev } from '../parse/netDev.ts';
import type { Reading, Value } from '../parse/reading.ts';
import { isErrno } from '../serve/errno.ts';
import type { KernelFiles } from './files.ts';
import { ParseWhenChanged } from './parseWhenChanged.ts';
import type { Process } from './processes.ts';
import { type Reason, reasonOf } from './unavailable.ts';

/** The interfaces of one network namespace. */
export type Interfaces = readonly { readonly interface: string; readonly fields: Reading }[];

/** After this many passes a process is asked for its namespace again: setns(2) is rare, but it exists. */
const trust = 16;

type Parser = ParseWhenChanged<Interfaces>;

/** The namespace of a process, as it was seen some passes ago. */
interface KnownNamespace {
  readonly key: string;
  readonly comm: string;
  readonly started: Value | undefined;
  /** Its number for the kernel; empty until it was asked for and told. */
  number: string;
  /** In passes. */
  age: number;
}

/**
 * Reads every network namespace once a pass, through any process that lives in it. net/dev is never
 * held open: that would keep the namespace alive.
 *
 * A namespace is told apart by the inode of its net/dev, which everybody may see and which is the
 * same for all its processes. The namespace's own number (/proc/PID/ns/net) needs ptrace rights.
 */
export class Networks {
  readonly #known = new Map<number, KnownNamespace>();
  readonly #files: KernelFiles;
  readonly #procfs: string;
  #interfaces = new Map<string, Interfaces>();
  /** Of the namespaces of this pass and of the last: what says the same is the same object. */
  #parsers = new Map<string, Parser>();
  #oldParsers = new Map<string, Parser>();
  #host: string | undefined;

  constructor(files: KernelFiles, procfs: string) {
    this.#files = files;
    this.#procfs = procfs;
  }

  /** Begins a pass: what was read before is read anew. */
  begin(): void {
    this.#interfaces = new Map();
    // A pass over the node alone has read none.
    if (this.#parsers.size > 0) this.#oldParsers = this.#parsers;
    this.#parsers = new Map();
    this.#host = undefined;
    for (const [pid, known] of this.#known) {
      known.age += 1;
      if (known.age > trust + (pid % trust)) this.#known.delete(pid);
    }
  }

  /** Which namespace a process lives in; undefined when the process has ended. */
  namespaceOf(process: Process): string | undefined {
    return this.#know(process)?.key;
  }

  // A runtime's first process becomes the container's by exec, after it has entered its namespaces.
  #know({ pid, comm, fields }: Process): KnownNamespace | undefined {
    const { starttime } = fields;
    const known = this.#known.get(pid);
    if (known?.started === starttime && known?.comm === comm) return known;
    const key = this.#look(pid);
    if (key === undefined) return undefined;
    const fresh = { key, comm, started: starttime, number: '', age: 0 };
    this.#known.set(pid, fresh);
    return fresh;
  }

  /** The host's namespace: that of pid 1. */
  host(): string | undefined {
    return (this.#host ??= this.#look(1));
  }

  /** The kernel's number of the namespace a process lives in, as `lsns` shows it; empty where we may not know. */
  numberOf(process: Process): string {
    const known = this.#know(process);
    if (known === undefined) return '';
    return (known.number ||= this.#readNumber(process.pid));
  }

  #readNumber(pid: number): string {
    try {
      return /\d+/.exec(readlinkSync(`${this.#procfs}/${pid}/ns/net`))?.[0] ?? '';
    } catch {
      return '';
    }
  }

  /**
   * The interfaces of a namespace, read through one of its processes: undefined when that has ended or left,
   * a word where the kernel refuses.
   */
  interfaces(namespace: string, pid: number): Interfaces | Reason | undefined {
    const read = this.#interfaces.get(namespace);
    if (read !== undefined) return read;
    try {
      const parser = this.#oldParsers.get(namespace) ?? new ParseWhenChanged(parseNetDev);
      const interfaces = parser.parse(this.#files.read(`${this.#procfs}/${pid}/net/dev`));
      // Every namespace has lo.
      if (interfaces.length === 0) return 'read_error';
      // It may have moved to another namespace, whose numbers would be shown for all that live in this one.
      if (this.#look(pid) !== namespace) {
        this.#known.delete(pid);
        return undefined;
      }
      this.#interfaces.set(namespace, interfaces);
      this.#parsers.set(namespace, parser);
      return interfaces;
    } catch (error) {
      const reason = reasonOf(error);
      const hasLeft = reason === 'vanished' || isErrno(error, 'ENOENT', 'EINVAL');
      if (!hasLeft) return reason;
      return this.#look(pid) === namespace ? 'read_error' : undefined;
    }
  }

  #look(pid: number): string | undefined {
    try {
      const { dev, ino } = statSync(`${this.#procfs}/${pid}/net/dev`);
      return `${dev}:${ino}`;
    } catch {
      return undefined;
    }
  }
}
