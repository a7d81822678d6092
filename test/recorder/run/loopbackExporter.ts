import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { createWallClock } from '../../../exporter/serve/clock.ts';

const wallClock = createWallClock();

export interface LoopbackExporter {
  readonly url: string;
  /** Requests for expositions so far, by their query. */
  readonly requests: readonly string[];
  /** How it answers from now on. */
  behave(answer: Behaviour): void;
  close(): Promise<void>;
}

/** Answers one request; `collected` is the exporter's clock. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** A real server on a free port of the loopback, or of another address of this machine. */
export async function loopbackExporter(first: Behaviour, host = '127.0.0.1'): Promise<LoopbackExporter> {
  let behaviour = first;
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    void behaviour(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}/metrics`,
    requests,
    behave: (next) => {
      behaviour = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** The body of an exposition, from the exporter's clock at the start of collecting. */
export type Exposition = (collectedAt: number) => string;

/** A kubemon exporter: tells its clock on arrival, waits for `at` and collects then. */
export function kubemon(exposition: Exposition, clockOffset = 0): Behaviour {
  const clock = () => wallClock() + clockOffset;
  return async (request, response) => {
    const at = new URL(request.url ?? '', 'http://localhost').searchParams.get('at');
    response.writeHead(200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'x-kubemon-clock': clock().toFixed(6),
    });
    response.flushHeaders();
    if (at !== null) {
      // A timer may fire a little early.
      while (clock() < Number(at)) await sleep(Math.max(1, (Number(at) - clock()) * 1000));
    }
    response.end(exposition(clock()));
  };
}

/** Any other Prometheus exporter. */
export function foreign(body: string): Behaviour {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(body);
  };
}

export const hostile: Readonly<Record<string, Behaviour>> = {
  hang: () => undefined,
  'hang after the headers': (_, response) => {
    response.writeHead(200, { 'x-kubemon-clock': wallClock().toFixed(6) });
    response.flushHeaders();
  },
  'status 500': (_, response) => {
    response.writeHead(500);
    response.end('no');
  },
  garbage: (_, response) => {
    response.writeHead(200, { 'x-kubemon-clock': wallClock().toFixed(6) });
    response.end(Buffer.from([0xff, 0x00, 0x0a, 0x7b, 0x7d]));
  },
  'an endless body': (_, response) => {
    response.writeHead(200, { 'x-kubemon-clock': wallClock().toFixed(6) });
    const line = Buffer.from('endless_total{n="1"} 1\n'.repeat(1000));
    const more = (): void => {
      while (!response.destroyed && response.write(line));
    };
    response.on('drain', more);
    more();
  },
  'a gzip bomb': (_, response) => {
    response.writeHead(200, {
      'x-kubemon-clock': wallClock().toFixed(6),
      'content-encoding': 'gzip',
    });
    response.end(bomb);
  },
};

/** 64 MiB of line ends in 64 KiB. */
const bomb = gzipSync(Buffer.alloc(64 << 20, '\n'));

/** A machine with two containers of one process each; its counters grow with the clock. */
export function machine(
  name: string,
  containers: readonly string[] = ['0123456789ab', 'abcdef012345'],
): Exposition {
  return (collectedAt) => {
    const ticks = Math.floor(collectedAt * 100);
    return [
      `kubemon_node_info{hostname="${name}",kernel="6.1.0",boot_id="b1",machine="x86_64",cgroup_version="2",page_size="4096",clock_ticks="100"} 1`,
      `kubemon_node_context_switches_total ${ticks}`,
      `kubemon_node_cpu_seconds_total{mode="user"} ${ticks / 100}`,
      'kubemon_node_memory_total_bytes 8241537024',
      'kubemon_node_cpus 4',
      `kubemon_node_network_receive_bytes_total{interface="eth0"} ${ticks}`,
      ...containers.flatMap((id) => [
        `kubemon_container_info{${labels(id)},id="${id.padEnd(64, '0')}",image="busybox",runtime="docker",cgroup="/docker/${id}",pod_uid="",network_namespace="4026532000"} 1`,
        `kubemon_container_cpu_usage_seconds_total{${labels(id)}} ${ticks / 100}`,
        `kubemon_container_start_time_seconds{${labels(id)}} 1700000000.${pid(id)}`,
        `kubemon_process_cpu_user_seconds_total{${labels(id)},pid="${pid(id)}",comm="sh"} ${ticks / 100}`,
        `kubemon_process_start_time_seconds{${labels(id)},pid="${pid(id)}",comm="sh"} 1700000000.${pid(id)}`,
      ]),
      `kubemon_exporter_collected_timestamp_seconds ${collectedAt.toFixed(6)}`,
      'kubemon_exporter_collection_seconds 0.002',
      'kubemon_exporter_build_info{version="0.1.0"} 1',
      'process_cpu_seconds_total 1.5',
      'process_resident_memory_bytes 50000000',
      '',
    ].join('\n');
  };
}

function labels(id: string): string {
  return `namespace="",pod="",container="web-${id}",container_id="${id}"`;
}

/** Of the container's only process. */
function pid(id: string): number {
  return Number.parseInt(id.slice(0, 2), 16);
}
