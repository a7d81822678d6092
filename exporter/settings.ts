import { defaultDockerHost, dockerHost } from './source/dockerHost.ts';
import { boolean, integer, port, regex, text, words } from './serve/kinds.ts';
import { logLevel } from './serve/log.ts';
import { optional, setting, type Values } from './serve/settings.ts';
import { tlsSettings } from './serve/tls.ts';

/** What is read of the machine, and where. */
export const machineSettings = {
  namespaces: setting(
    'NAMESPACES',
    words,
    '',
    'Kubernetes namespaces whose containers are shown, separated by spaces or commas; empty shows all.',
  ),
  fromK8s: optional(
    'FROM_K8S',
    boolean,
    'true in a pod',
    "Whether Kubernetes is asked: for the names of this node's pods.",
  ),
  nodeName: optional('NODE_NAME', text, "the machine's host name", 'Name of this node.'),
  procfsPath: setting('PROCFS_PATH', text, '/proc', 'Where procfs of the machine is mounted.'),
  sysfsPath: setting('SYSFS_PATH', text, '/sys', 'Where sysfs of the machine is mounted.'),
  cgroupPath: optional('CGROUP_PATH', text, 'SYSFS_PATH/fs/cgroup', 'Where the cgroup tree is mounted.'),
  dockerHost: setting('DOCKER_HOST', dockerHost, defaultDockerHost, 'Where Docker tells names.'),
  diskExclude: setting(
    'DISK_EXCLUDE',
    regex,
    '^(loop|ram|fd|sr)\\d+$',
    'Block devices to leave out, as a regular expression.',
  ),
  networkExclude: setting(
    'NETWORK_EXCLUDE',
    regex,
    '^veth',
    'Network interfaces to leave out, as a regular expression.',
  ),
  collectSyscalls: setting(
    'COLLECT_SYSCALLS',
    boolean,
    'false',
    'Whether to count system calls, with a tracefs instance of its own.',
  ),
};

export type MachineSettings = Values<typeof machineSettings>;

/** Every setting of the exporter. */
export const exporterSettings = {
  monitorPort: setting('MONITOR_PORT', port, '9822', 'Port of /metrics.'),
  listenAddress: optional('LISTEN_ADDRESS', text, 'all addresses', 'Address to listen on.'),
  ...machineSettings,
  maxConcurrentScrapes: setting(
    'MAX_CONCURRENT_SCRAPES',
    integer(1, 10_000),
    '40',
    'More scrapes than this at once are refused with 503.',
  ),
  ...tlsSettings,
  authTokenFile: optional(
    'AUTH_TOKEN_FILE',
    text,
    'no token',
    'File with the token that every call but /healthz must bring (Authorization: Bearer).',
  ),
  logLevel,
};

export type ExporterSettings = Values<typeof exporterSettings>;
