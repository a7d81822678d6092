import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { addAbortSignal } from 'node:stream';
import Docker from 'dockerode';
import type { Log } from '../serve/log.ts';
import { messageOf } from '../serve/messageOf.ts';
import { readDockerEvents } from './dockerEvents.ts';
import type { DockerHost } from './dockerHost.ts';
import { parseDockerName } from './dockerName.ts';
import { isErrno } from '../serve/errno.ts';
import { keepConnected } from '../serve/keepConnected.ts';
import { createNameCache } from './nameCache.ts';
import type { ContainerName, ContainerNames } from './names.ts';

/** Nothing but these two requests is ever sent: GET /containers/json and GET /events. */
type ReadOnlyDocker = Pick<Docker, 'getEvents' | 'listContainers'>;

/** Keeps the names of Docker's containers: a list on every connect, then the stream of events. */
export function watchDocker({ host, log }: { readonly host: DockerHost; readonly log: Log }): ContainerNames {
  const docker: ReadOnlyDocker = new Docker(options(host));
  const names = createNameCache();

  async function follow(signal: AbortSignal, connected: () => void): Promise<void> {
    // The events wait in their stream while the containers are listed: so none is missed in between, and
    // those that the list already knows of do no harm when they are applied once more.
    const stream = await openEvents(docker, signal);
    try {
      const ended = once(stream, 'close', { signal });
      const containers = await firstOf(docker.listContainers({ abortSignal: signal }), ended);
      names.retain(new Set(containers.map(({ Id }) => Id)));
      for (const { Id, Names, Image } of containers) names.set(Id, describe(ownName(Names), Image));
      connected();
      for await (const { action, id, name, image } of readDockerEvents(stream)) {
        if (action === 'die' || action === 'destroy') names.died(id);
        else names.set(id, describe(name, image));
      }
    } finally {
      stream.destroy();
    }
  }

  const connection = keepConnected({
    peer: `Docker at ${host.url}`,
    follow,
    explain: (error) => explain(host, error),
    log,
  });
  return {
    lookup: (id) => names.lookup(id),
    mayName: () => connection.available || connection.pending,
    get available() {
      return connection.available;
    },
    get pending() {
      return connection.pending;
    },
    get reason() {
      return connection.reason;
    },
    close: () => connection.close(),
  };
}

// Every field is given, since dockerode fills in what is absent from the environment.
function options(host: DockerHost): Docker.DockerOptions {
  return {
    socketPath: undefined,
    host: undefined,
    port: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
    protocol: 'http',
    timeout: undefined,
    ...host,
  };
}

async function openEvents(docker: ReadOnlyDocker, signal: AbortSignal): Promise<IncomingMessage> {
  const filters = { type: ['container' as const], event: ['create', 'start', 'rename', 'die', 'destroy'] };
  const wanted = { filters, abortSignal: signal };
  const stream = await docker.getEvents(wanted);
  if (!(stream instanceof IncomingMessage)) throw new TypeError('dockerode gave no response of HTTP');
  // A host that is gone without a word is noticed, too.
  stream.socket.setKeepAlive(true, 30_000);
  return addAbortSignal(signal, stream);
}

/** Docker writes a slash before a container's own name; its names in other containers' links have two. */
function ownName(names: readonly string[]): string {
  return (names.find((name) => name.lastIndexOf('/') === 0) ?? names[0] ?? '').slice(1);
}

function describe(name: string, image: string): ContainerName {
  return { ...parseDockerName(name), image, runtime: 'docker' };
}

/** The list, unless the connection ends first: dockerode never tells of an answer that was cut short. */
async function firstOf<T>(list: Promise<T>, ended: Promise<unknown>): Promise<T> {
  const failed = ended.then(() => {
    throw new Error('the connection ended');
  });
  return Promise.race([list, failed]);
}

function explain({ url }: DockerHost, error: unknown): string {
  if (isErrno(error, 'ENOENT')) {
    return `There is no Docker socket at ${url}: containers of Docker are shown without names. Set DOCKER_HOST if it is elsewhere.`;
  }
  if (isErrno(error, 'EACCES', 'EPERM')) {
    return `The exporter's user may not open ${url}: add it to the socket's group (docker), or run the exporter as root.`;
  }
  if (isErrno(error, 'ECONNREFUSED')) return `Nothing listens at ${url}: start Docker, or set DOCKER_HOST.`;
  return `Docker at ${url} does not tell its containers: ${messageOf(error)}.`;
}
