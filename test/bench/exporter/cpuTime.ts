import { readdirSync, readFileSync } from 'node:fs';

/** Tells what a process has used of the CPU so far, in seconds. */
export type CpuTime = () => number;

/**
 * Sums up /proc/PID/task/TID/schedstat, which is in nanoseconds where /proc/PID/stat has ticks of 10 ms:
 *
 *     46017737 36653344 144
 *
 * on the CPU, waiting for one, and how often it got one. The kernel counts a thread when it leaves the CPU,
 * or at a tick: the sum is exact while the process waits.
 * https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat
 * @returns what throws when the process has ended.
 */
export function openCpuTime(pid: number): CpuTime {
  const folder = `/proc/${pid}/task`;
  const threads = new Map<string, number>();
  let ended = 0;
  return () => {
    const found = new Map(
      readdirSync(folder).flatMap((thread) => {
        const time = read(`${folder}/${thread}/schedstat`);
        return time === undefined ? [] : [[thread, time] as const];
      }),
    );
    ended += timeOfEnded(threads, found);
    threads.clear();
    for (const [thread, time] of found) threads.set(thread, time);
    return (ended + sumOf(found)) / 1e9;
  };
}

/**
 * What threads had used that are there no more, in nanoseconds: their process still has used it. One that has
 * used less than before is another thread of the same number.
 */
export function timeOfEnded(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [thread, time] of before) if ((now.get(thread) ?? -1) < time) sum += time;
  return sum;
}

function sumOf(times: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const time of times.values()) sum += time;
  return sum;
}

/** Undefined for a thread that has ended since it was listed. */
function read(path: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(path, 'latin1'), 10);
  } catch {
    return undefined;
  }
}
