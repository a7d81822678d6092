import { existsSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

export const clockTicks = Number(execFileSync('getconf', ['CLK_TCK']));
export const pageSize = Number(execFileSync('getconf', ['PAGESIZE']));
/** Whether the machine's containers are in cgroup v2. */
export const unified = existsSync('/sys/fs/cgroup/cgroup.controllers');

/** The lines of a kernel file; undefined when it is not there, or no longer. */
export function lines(path: string): readonly string[] | undefined {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n');
  } catch (error) {
    if (error instanceof Error && 'code' in error && vanished.has(String(error.code))) return undefined;
    throw error;
  }
}

const vanished = new Set(['ENOENT', 'ENODEV', 'ESRCH', 'ENOTSUP', 'EINVAL']);

export function words(line: string): readonly string[] {
  return line.trim().split(/[\s:=]+/);
}

/** A file of "key value" lines, read as a map; the separator may be a colon or an equals sign. */
export function keyed(path: string): ReadonlyMap<string, number> {
  const pairs = (lines(path) ?? []).map(words);
  return new Map(pairs.map(([key = '', value]) => [key, Number(value)]));
}

/** The number that is a file's first word; undefined where there is none ("max", no file). */
export function single(path: string): number | undefined {
  const word = lines(path)?.[0]?.split(' ')[0];
  return word === undefined || !/^\d+$/.test(word) ? undefined : Number(word);
}

/** Totals in us: `some avg10=0.00 avg60=0.00 avg300=0.00 total=1234`. */
export function pressure(path: string): { some: number | undefined; full: number | undefined } {
  function total(kind: string): number | undefined {
    const line = lines(path)?.find((text) => text.startsWith(kind));
    return line === undefined ? undefined : Number(line.split('total=')[1]);
  }
  return { some: total('some'), full: total('full') };
}

/** Interface to the counters of /proc/PID/net/dev under the names of the metric table. */
export function networkDevices(pid: string): ReadonlyMap<string, Readonly<Record<string, number>>> {
  const rows = (lines(`/proc/${pid}/net/dev`) ?? []).slice(2);
  return new Map(
    rows.map((row) => {
      const colon = row.lastIndexOf(':');
      const values = row
        .slice(colon + 1)
        .trim()
        .split(/\s+/)
        .map(Number);
      const [rxBytes, rxPackets, rxErrors, rxDrops, , , , , txBytes, txPackets, txErrors, txDrops] = values;
      return [
        row.slice(0, colon).trim(),
        {
          network_receive_bytes_total: Number(rxBytes),
          network_receive_packets_total: Number(rxPackets),
          network_receive_errors_total: Number(rxErrors),
          network_receive_drops_total: Number(rxDrops),
          network_transmit_bytes_total: Number(txBytes),
          network_transmit_packets_total: Number(txPackets),
          network_transmit_errors_total: Number(txErrors),
          network_transmit_drops_total: Number(txDrops),
        },
      ];
    }),
  );
}
