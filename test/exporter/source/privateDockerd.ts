import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { docker } from '../../support/fleet.ts';

/** A dockerd of the test's own, whose life the test rules. */
export interface PrivateDockerd {
  readonly pid: number;
  readonly url: string;
  /** Starts a container that sleeps; its id. */
  run(name: string): Promise<string>;
  /** Ends it as a service manager does; its containers, too, unless it is one with --live-restore. */
  stop(): Promise<void>;
}

/**
 * Starts a dockerd that keeps everything in `folder`, where one may have run before. It has a network and
 * mounts of its own: a dockerd without a bridge removes docker0, and a second one with a bridge shares it.
 */
export async function startDockerd(folder: string, ...options: readonly string[]): Promise<PrivateDockerd> {
  const url = `unix://${join(folder, 'docker.sock')}`;
  const log = join(folder, 'log');
  const output = openSync(log, 'a');
  const daemon = spawn(
    'unshare',
    [
      '--net',
      '--mount',
      'dockerd',
      ...options,
      '--bridge=none',
      '--iptables=false',
      `--host=${url}`,
      ...['pidfile', 'data-root', 'exec-root'].map((name) => `--${name}=${join(folder, name)}`),
    ],
    { stdio: ['ignore', output, output] },
  );
  const ended = once(daemon, 'exit');
  await vi.waitFor(
    async () => {
      if (daemon.exitCode === null) return docker('-H', url, 'version');
      throw new Error(`dockerd ended:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    },
    { timeout: 30_000, interval: 100 },
  );
  execFileSync('sh', ['-c', 'tar -C / -c bin/busybox | docker -H "$0" import - source:busybox', url]);
  return {
    pid: daemon.pid ?? Number.NaN,
    url,
    run: async (name) => {
      const wanted = ['--net', 'none', '--stop-signal', 'KILL', '--name', name];
      return docker('-H', url, 'run', '-d', ...wanted, 'source:busybox', '/bin/busybox', 'sleep', '1000');
    },
    stop: async () => {
      daemon.kill('SIGTERM');
      await ended;
    },
  };
}
