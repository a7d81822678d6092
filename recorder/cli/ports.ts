import { errorCode } from '../../exporter/serve/errno.ts';
import { Failure } from './failure.ts';

/** How many ports are tried, the first included. */
const attempts = 50;

/**
 * Starts a server on the first port from `first` on that is not in use.
 * @throws Failure when all of them are.
 */
export async function onNextFreePort<T>(first: number, start: (port: number) => Promise<T>): Promise<T> {
  const last = Math.min(first + attempts - 1, 65_535);
  for (let port = first; port <= last; port += 1) {
    try {
      return await start(port);
    } catch (error) {
      if (errorCode(error) !== 'EADDRINUSE') throw error;
    }
  }
  throw new Failure(`Every port from ${first} to ${last} is in use: name a free one.`);
}

/** An error of listening as a sentence; any other error as it is. */
export function listenFailure(error: unknown, address: string, port: number, flag: string): unknown {
  const advice = `choose another port with ${flag}`;
  const sentences: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} is in use: end what listens there, or ${advice}.`,
    EACCES: `This user may not listen on port ${port}: ${advice}.`,
    EADDRNOTAVAIL: `${address} is not an address of this machine: correct --listen-address.`,
    ENOTFOUND: `${address} is neither an address nor a name that resolves: correct --listen-address.`,
  };
  const sentence = sentences[errorCode(error) ?? ''];
  return sentence === undefined ? error : new Failure(sentence, { cause: error });
}
