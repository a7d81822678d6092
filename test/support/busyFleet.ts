import { readdirSync } from 'node:fs';
import { createFleet, type Fleet, type Started } from './fleet.ts';

/** Containers that move every kind of counter, by what they do. */
export interface BusyFleet {
  readonly fleet: Fleet;
  readonly containers: readonly Started[];
  /** Nothing happens in these: even their gauges stand still. */
  readonly quiet: readonly Started[];
  readonly onHostNetwork: Started;
  /** Series names and the container in which the kernel must count them above 0. */
  readonly moves: readonly (readonly [name: string, container: Started])[];
}

/** A name that a process gives itself to break whatever reads it. */
export const oddComm = { inKernel: 'a) R ("b\\\nc', shown: 'a) R ("b\\c' };

const forever = 'sleep 1000000';
const spin = 'while :; do :; done';
const fork = 'while :; do /bin/true; sleep 0.05; done';
const write = `while :; do
  dd if=/dev/zero of=/tmp/file bs=64k count=16 conv=fsync
  dd if=/tmp/file of=/dev/null bs=64k iflag=direct
  sleep 0.5
done 2>/dev/null`;
/** Grandchildren of init, and one process of an odd name. */
const family = String.raw`
sh -c '${forever} & ${forever} & wait' &
sh -c "printf 'a) R (\"b\\\\\\nc' >/proc/self/comm; ${forever} & wait" &
wait`;

/** On cgroup v1, newer kernels count no block I/O before a disk has had a limit, however high. */
export function firstLimit(): string {
  const disk = readdirSync('/sys/block').find((name) => !/^(loop|ram|zram|fd|sr)\d/.test(name));
  return `/dev/${String(disk)}:1tb`;
}

export async function startBusyFleet(room: string): Promise<BusyFleet> {
  const fleet = createFleet(room);
  const [throttled, forking, writing, nested, host, receiving] = await Promise.all([
    fleet.start('throttled', spin, '--cpus', '0.1', '--memory', '64m', '--device-read-bps', firstLimit()),
    fleet.start('forking', fork),
    fleet.start('writing', write),
    fleet.start('nested', family),
    fleet.start('host', forever, '--network', 'host'),
    fleet.start('receiving', forever),
  ]);
  const sending = await fleet.start('sending', `ping -i 0.2 ${receiving.ip} >/dev/null`);
  return {
    fleet,
    containers: [throttled, forking, writing, nested, host, receiving, sending],
    quiet: [nested, host],
    onHostNetwork: host,
    moves: [
      ['kubemon_container_cpu_user_seconds_total', throttled],
      ['kubemon_container_cpu_usage_seconds_total', throttled],
      ['kubemon_container_cpu_periods_total', throttled],
      ['kubemon_container_cpu_throttled_periods_total', throttled],
      ['kubemon_container_cpu_throttled_seconds_total', throttled],
      ['kubemon_container_cpu_system_seconds_total', forking],
      ['kubemon_container_memory_page_faults_total', forking],
      ['kubemon_container_disk_written_bytes_total', writing],
      ['kubemon_container_disk_read_bytes_total', writing],
      ['kubemon_container_disk_writes_total', writing],
      ['kubemon_container_network_transmit_bytes_total', sending],
      ['kubemon_container_network_receive_bytes_total', receiving],
      ['kubemon_process_cpu_user_seconds_total', throttled],
      ['kubemon_process_children_cpu_system_seconds_total', forking],
      ['kubemon_process_page_faults_total', forking],
      ['kubemon_process_io_written_bytes_total', writing],
      ['kubemon_process_io_read_bytes_total', writing],
      ['kubemon_process_network_transmit_packets_total', sending],
    ],
  };
}
