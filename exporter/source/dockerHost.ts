/** Where Docker listens: DOCKER_HOST, read as the docker command reads it. */
export type DockerHost =
  | { readonly url: string; readonly socketPath: string }
  | { readonly url: string; readonly host: string; readonly port: number };

export const defaultDockerHost = 'unix:///var/run/docker.sock';

/**
 * unix:///path/to/docker.sock, tcp://host:port or host:port. Port 2375 where none is given.
 * @throws RangeError saying what is allowed.
 */
export function dockerHost(text: string): DockerHost {
  const [, path] = /^unix:\/\/(\/.+)$/.exec(text) ?? [];
  if (path !== undefined) return { url: text, socketPath: path };
  const [, host, port = '2375'] =
    /^(?:tcp:\/\/|http:\/\/)?([\w.-]+|\[[\da-f:]+\])(?::(\d+))?\/?$/i.exec(text) ?? [];
  if (host === undefined || Number(port) > 65535) {
    throw new RangeError('unix:///path/to/docker.sock or tcp://host:port (without TLS)');
  }
  return { url: text, host: host.replaceAll(/[[\]]/g, ''), port: Number(port) };
}
