import { closeSync, mkdirSync, openSync, readdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHist } from '../parse/hist.ts';
import type { Reading } from '../parse/reading.ts';
import { isErrno } from '../serve/errno.ts';
import type { KernelFiles } from './files.ts';
import { type Reason, reasonOf } from './unavailable.ts';

/** Counts the system calls that are entered on the whole machine. */
export interface SyscallCounter {
  /**
   * {hits}: since the counter was made; undefined when the kernel dropped counts.
   * @throws NodeJS.ErrnoException
   */
  read(): Reading;
  /** Removes the counter from the kernel. */
  close(): void;
}

const prefix = 'kubemon-';
const event = 'events/raw_syscalls/sys_enter';

// One entry for all calls: a table that cannot overflow, whatever numbers programs call. 128 is the least size.
const trigger = 'hist:keys=common_type:size=128';

/**
 * Makes a tracefs instance of our own with a histogram trigger. It counts without the event being
 * enabled: nothing is traced, and no other user of tracefs is disturbed. But while it is there every
 * system call of the machine takes the kernel's slower path, so it is made only where it is asked for.
 * Instances that dead exporters left behind are removed.
 * https://docs.kernel.org/trace/ftrace.html#instances https://docs.kernel.org/trace/histogram.html
 */
export function countSyscalls(
  sysfs: string,
  files: KernelFiles,
): SyscallCounter | { readonly unavailable: Reason } {
  const instances = findInstances(sysfs);
  if ('unavailable' in instances) return instances;
  const instance = join(instances.path, `${prefix}${process.pid}-${Math.round(performance.timeOrigin)}`);
  const hist = files.hold(join(instance, event, 'hist'));
  let inUse: number | undefined;

  function close(): void {
    hist.close();
    if (inUse !== undefined) closeSync(inUse);
    inUse = undefined;
    removeUnlessInUse(instance);
  }

  try {
    for (const name of readdirSync(instances.path)) {
      if (name.startsWith(prefix)) removeUnlessInUse(join(instances.path, name));
    }
    mkdirSync(instance);
    inUse = openSync(join(instance, 'tracing_on'), 'r');
    writeFileSync(join(instance, event, 'trigger'), trigger, { flag: 'r+' });
    const counter = { read: () => parseHist(hist.read()), close };
    counter.read();
    return counter;
  } catch (error) {
    close();
    return { unavailable: because(error) };
  }
}

function findInstances(sysfs: string): { readonly path: string } | { readonly unavailable: Reason } {
  let unavailable: Reason = 'no_tracefs';
  for (const tracefs of ['kernel/tracing', 'kernel/debug/tracing']) {
    const path = join(sysfs, tracefs, 'instances');
    try {
      statSync(path);
      return { path };
    } catch (error) {
      if (!isErrno(error, 'ENOENT', 'ENOTDIR')) unavailable = because(error);
    }
  }
  return { unavailable };
}

/** The kernel refuses (EBUSY) while someone holds a file of the instance open, as its exporter does. */
function removeUnlessInUse(instance: string): void {
  try {
    rmdirSync(instance);
  } catch {
    // It is in use, or gone already; whatever it is, the next exporter tries again.
  }
}

function because(error: unknown): Reason {
  if (isErrno(error, 'EROFS')) return 'read_only_tracefs';
  if (isErrno(error, 'EINVAL')) return 'no_histogram_triggers';
  const reason = reasonOf(error);
  return reason === 'vanished' ? 'read_error' : reason;
}
