import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { freePort } from '../freePort.ts';
import { kubectl } from './kubectl.ts';
import { until } from '../until.ts';

/** A second API server of the cluster, on the same etcd: a test's own, to be killed and changed. */
export interface TestApiServer {
  /** https://127.0.0.1:PORT */
  readonly url: string;
  /** Ends it as a crash does (SIGKILL). */
  kill(): Promise<void>;
  /** It answers nothing any more, and closes no connection, until it is killed (SIGSTOP). */
  freeze(): void;
  /** Starts it again, on the same port; resolves when it is ready. */
  start(): Promise<void>;
  /** Drops all that is older than now from its store, as the API server itself does every five minutes. */
  compact(): Promise<void>;
  /** Ends it, if it runs. */
  stop(): Promise<void>;
}

/**
 * Starts it with the command line of the API server whose pid is KUBEMON_KUBE_APISERVER and further flags.
 * It is the cluster's as long as the test runs: what is written by it is written to the cluster.
 */
export async function startApiServer(...flags: readonly string[]): Promise<TestApiServer> {
  const [program = '', ...given] = commandLine(process.env['KUBEMON_KUBE_APISERVER'] ?? '');
  const port = await freePort();
  const changed = [`--secure-port=${port}`, '--endpoint-reconciler-type=none', ...flags];
  const replaced = new Set(changed.map(nameOf));
  const args = [...given.filter((flag) => !replaced.has(nameOf(flag))), ...changed];
  const url = `https://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  let output = '';

  async function start(): Promise<void> {
    const started = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    child = started;
    started.stderr.setEncoding('utf8').on('data', (part: string) => {
      output = (output + part).slice(-5000);
    });
    await until('the API server is ready', async () => {
      if (started.exitCode !== null) throw new Error(`The API server has ended: ${output}`);
      return kubectl('--server', url, 'get', '--raw', '/readyz').then(
        () => true,
        () => false,
      );
    });
  }

  async function end(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  const server = {
    url,
    start,
    kill: end,
    freeze: () => {
      child?.kill('SIGSTOP');
    },
    stop: end,
    compact: () => compact(args),
  };
  try {
    await start();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** A program's arguments, itself included. */
function commandLine(pid: string): readonly string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
}

function nameOf(flag: string): string {
  return flag.split('=')[0] ?? '';
}

/** By etcd's JSON gateway: https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/ */
async function compact(args: readonly string[]): Promise<void> {
  const [etcd = ''] =
    args
      .find((flag) => nameOf(flag) === '--etcd-servers')
      ?.split('=')[1]
      ?.split(',') ?? [];
  const ask = async (call: string, body: object): Promise<unknown> => {
    const answer = await fetch(`${etcd}/v3/kv/${call}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`etcd at ${etcd} answers ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  const key = Buffer.from('/').toString('base64');
  const { header } = rangeAnswer.parse(await ask('range', { key, count_only: true }));
  await ask('compaction', { revision: header.revision, physical: true });
}

/** 64-bit numbers are text in it. */
const rangeAnswer = z.object({ header: z.object({ revision: z.string() }) });
