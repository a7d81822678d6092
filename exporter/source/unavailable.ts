/**
 * Why a metric has no samples: the words of `kubemon_exporter_unavailable{metric,reason}`, each with
 * a sentence for a person and what to do about it. `kubemon check` and METRICS.md print them.
 */
import { errorCode } from '../serve/errno.ts';

export interface Explanation {
  /** What is the case. */
  readonly sentence: string;
  /** What to do about it. */
  readonly advice: string;
}

export type Reason = keyof typeof reasons;

export const reasons = {
  permission_denied: {
    sentence: 'The kernel does not let the exporter read this.',
    advice:
      'Run the exporter as root, or give it the capabilities SYS_PTRACE and DAC_READ_SEARCH; in a container also AppArmor "unconfined".',
  },
  not_supported_by_kernel: {
    sentence: 'This kernel does not have this file or field.',
    advice: 'Nothing, unless a newer kernel or another kernel configuration is an option.',
  },
  read_error: {
    sentence: 'The kernel answered the read with an error.',
    advice: 'Look for the error in the log of the kernel (dmesg).',
  },
  too_many_open_files: {
    sentence: 'The exporter has reached its limit of open files.',
    advice: 'Raise the limit: ulimit -n, LimitNOFILE= of systemd, or that of the container runtime.',
  },
  cgroup_v1: {
    sentence: 'cgroup v1 does not count this.',
    advice: 'Nothing, unless the machine can boot with cgroup v2 (systemd.unified_cgroup_hierarchy=1).',
  },
  cgroup_v2: {
    sentence: 'cgroup v2 does not count this.',
    advice: 'Nothing: the help of the metric says what comes closest.',
  },
  no_controller: {
    sentence: 'The cgroup controller that counts this is not mounted or not enabled.',
    advice: 'Enable it: cgroup_enable=memory on the kernel command line (v1), cgroup.subtree_control (v2).',
  },
  blkio_not_counting: {
    sentence: 'This kernel counts block I/O on cgroup v1 only after a first throttle limit was set.',
    advice:
      'Set one, as high as you like, on any container: docker run --device-read-bps /dev/sda:1tb, or write "8:0 1099511627776" to blkio.throttle.read_bps_device of any cgroup.',
  },
  host_network: {
    sentence: "The container has the host's network, whose traffic is not its own.",
    advice: 'See the network metrics of the node.',
  },
  delayacct_off: {
    sentence: 'The kernel does not account the time that tasks wait for I/O.',
    advice: 'sysctl kernel.task_delayacct=1, or boot with the parameter delayacct.',
  },
  disabled: {
    sentence: 'This is collected only where it is asked for.',
    advice: 'Set COLLECT_SYSCALLS=true.',
  },
  no_tracefs: {
    sentence: 'There is no tracefs where the exporter looks: SYSFS_PATH/kernel/tracing.',
    advice: 'mount -t tracefs tracefs /sys/kernel/tracing; in a container mount it from the host, writable.',
  },
  read_only_tracefs: {
    sentence: 'The tracefs is mounted read-only, but counting system calls needs an instance of its own.',
    advice: 'Mount tracefs writable into the container of the exporter.',
  },
  no_histogram_triggers: {
    sentence: 'This kernel is built without histogram triggers (CONFIG_HIST_TRIGGERS).',
    advice: 'Nothing, unless another kernel is an option.',
  },
  counts_dropped: {
    sentence: 'The kernel dropped counts, so that the total would be wrong.',
    advice: 'Restart the exporter to count anew.',
  },
  kubernetes_refuses: {
    sentence: 'The Kubernetes API refuses to tell the pods of this node, so that containers have no names.',
    advice:
      'Allow the ServiceAccount of the exporter to list and watch pods by a ClusterRole, as k8s/ does; its token must be valid.',
  },
  kubernetes_away: {
    sentence:
      'The Kubernetes API does not tell the pods of this node now, so that new containers have no names.',
    advice: 'Look into the log of the exporter for why; it tries again every 10 s.',
  },
  kubernetes_no_pods: {
    sentence: 'The Kubernetes API knows no pod on a node of this name, so that containers have no names.',
    advice: 'If kubectl get nodes calls this node otherwise, set NODE_NAME to that.',
  },
  no_service_account: {
    sentence:
      'The exporter runs in a pod without the token of a ServiceAccount, so that containers have no names.',
    advice:
      'Mount one (automountServiceAccountToken), as k8s/ does, or set FROM_K8S=false to do without names.',
  },
  namespace_unknown: {
    sentence: 'NAMESPACES is set, and containers whose namespace is not known are hidden.',
    advice: 'Give the exporter the names (FROM_K8S=true, or DOCKER_HOST), or empty NAMESPACES.',
  },
} as const satisfies Readonly<Record<string, Explanation>>;

/**
 * Why a read failed. `vanished`: the process, cgroup or device is gone (ESRCH, ENODEV), which is no
 * failure. Of a file below /proc/PID or of one cgroup ENOENT may mean gone, too: the caller knows
 * whether the folder is still there.
 */
export function reasonOf(error: unknown): Reason | 'vanished' {
  return reasonOfCode[errorCode(error) ?? ''] ?? 'read_error';
}

const reasonOfCode: Readonly<Record<string, Reason | 'vanished'>> = {
  ESRCH: 'vanished',
  ENODEV: 'vanished',
  EACCES: 'permission_denied',
  EPERM: 'permission_denied',
  ENOENT: 'not_supported_by_kernel',
  // A pressure file, where the kernel was booted without PSI: EOPNOTSUPP, which Node.js calls so.
  ENOTSUP: 'not_supported_by_kernel',
  EMFILE: 'too_many_open_files',
  ENFILE: 'too_many_open_files',
};
