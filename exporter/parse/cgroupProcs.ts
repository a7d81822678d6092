import { decimal } from './decimal.ts';
import type { Bytes } from './reading.ts';
import { nextLine, wordEnd } from './words.ts';

/**
 * Parses cgroup.procs: the pids of the cgroup's own members, each once, in the kernel's order.
 *
 *     1234
 *     1260
 *
 * The kernel may list a pid twice, and lists 0 for a process that this pid namespace does not see.
 */
export function parseCgroupProcs(text: Bytes): readonly number[] {
  const pids = new Set<number>();
  for (let line = 0; line < text.length; line = nextLine(text, line)) {
    const pid = decimal(text, line, wordEnd(text, line));
    if (typeof pid === 'number' && pid > 0) pids.add(pid);
  }
  return [...pids];
}
