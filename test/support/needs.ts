import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'vitest';
import { browserPath } from './browserPath.ts';
import { runs } from './runs.ts';

export const shippedScrapeConfiguration = new URL('../../k8s/examples/prometheus.yml', import.meta.url);

/** Whether the cluster gives its pods names. */
export function hasClusterDns(): boolean {
  return runs('kubectl', '-n', 'kube-system', 'get', 'service', 'kube-dns');
}

/** What a test needs and a user's machine may lack. Says in a sentence what is missing, or undefined. */
export type Need = () => string | undefined;

export const needs = {
  root: () => (process.getuid?.() === 0 ? undefined : 'it is not run as root'),
  docker: () =>
    existsSync('/bin/busybox')
      ? lacks('docker', 'version') && 'no Docker answers at DOCKER_HOST, or there is no docker command'
      : 'there is no /bin/busybox to make an image of (package busybox-static)',
  dockerd: () => lacks('dockerd', '--version'),
  vm: () =>
    process.env['KUBEMON_VM'] === undefined
      ? 'KUBEMON_VM does not name a program that runs a job in a virtual machine'
      : undefined,
  kubernetes: () =>
    process.env['KUBECONFIG'] === undefined
      ? 'KUBECONFIG does not name the configuration of a cluster'
      : lacks('kubectl', 'get', 'nodes'),
  kubemonImage: () =>
    process.env['KUBEMON_IMAGE'] === undefined
      ? "KUBEMON_IMAGE does not name an image of kubemon that the cluster's nodes have"
      : undefined,
  /** Pods find each other by names. */
  clusterDns: () =>
    hasClusterDns() || process.getuid?.() === 0
      ? undefined
      : 'the cluster has no Service kube-dns, and a DNS server of its own takes root',
  apiServer: () => {
    const pid = process.env['KUBEMON_KUBE_APISERVER'];
    return pid !== undefined && existsSync(`/proc/${pid}/cmdline`)
      ? undefined
      : "KUBEMON_KUBE_APISERVER does not name the process of the cluster's API server";
  },
  hostAddresses: () =>
    lacks('sh', '-c', 'ip address add 198.51.100.9/32 dev lo && ip address delete 198.51.100.9/32 dev lo') &&
    'no address can be added to this machine (that takes root and the command ip)',
  prlimit: () => lacks('prlimit', '--nofile'),
  mounts: () =>
    lacks('sh', '-c', 'at=$(mktemp -d) && mount -t tmpfs none $at && umount $at && rmdir $at') &&
    'nothing can be mounted on this machine (that takes root and the command mount)',
  bash: () => lacks('bash', '--version'),
  zsh: () => lacks('zsh', '--version'),
  compiler: () => lacks('cc', '--version'),
  openssl: () => lacks('openssl', 'version'),
  kubectl: () => lacks('kubectl', 'version', '--client'),
  promtool: () => lacks('promtool', '--version'),
  prometheus: () => lacks('prometheus', '--version'),
  /** The release that the recorder is measured beside, whatever comes first on PATH. */
  debianPrometheus: () => lacks('/usr/bin/prometheus', '--version'),
  prometheusNodeExporter: () => lacks('prometheus-node-exporter', '--version'),
  prometheusProcessExporter: () => lacks('prometheus-process-exporter', '--version'),
  /** Some distributions build theirs without it. */
  clusterPrometheus: () =>
    lacks('promtool', 'check', 'config', fileURLToPath(shippedScrapeConfiguration)) &&
    'there is no Prometheus that knows the discovery of Kubernetes',
  /** Its module pty makes terminals. */
  python3: () => lacks('python3', '-c', 'import pty'),
  /** Older ones refuse a CSV file with NUL in it. */
  python311: () =>
    lacks('python3', '-c', 'import sys; assert sys.version_info >= (3, 11)') &&
    'there is no Python of 3.11 or newer (python3)',
  pandas: () => lacks('python3', '-c', 'import pandas'),
  /** Its native module is not built for every platform. */
  duckdb: () =>
    lacks(process.execPath, '-e', "require('@duckdb/node-api')") &&
    'DuckDB is not there for this platform (npm package @duckdb/node-api)',
  browser: () =>
    browserPath() === undefined
      ? 'there is no Chromium or Chrome on PATH or at CHROMIUM_PATH (package chromium)'
      : undefined,
  matplotlib: () => lacks('python3', '-c', 'import matplotlib'),
} satisfies Record<string, Need>;

/**
 * `describe` where the machine has all that is needed. Elsewhere a skipped test and a line that says
 * what is missing; with CI=true a failure, since nobody reads there what was skipped.
 */
export function describeWith(required: readonly Need[], name: string, body: () => void): void {
  const answers = required.map((need) => need());
  const missing = answers.filter((answer) => answer !== undefined).join(', and ');
  if (missing === '') {
    describe(name, body);
  } else if (process.env['CI'] === 'true') {
    test(name, () => {
      throw new Error(`This must run with CI=true, but ${missing}.`);
    });
  } else {
    // The reporter does not show the names of skipped tests.
    process.stderr.write(`Skipped: "${name}", because ${missing}.\n`);
    test.skip(name);
  }
}

function lacks(program: string, ...args: readonly string[]): string | undefined {
  return runs(program, ...args) ? undefined : `"${[program, ...args].join(' ')}" does not run`;
}
