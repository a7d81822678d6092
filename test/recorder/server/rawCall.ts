import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Undefined: it was broken off, or it is one that does not end. */
  readonly body: string | undefined;
}

const agent = new Agent({ keepAlive: true });

/** Sends a path as it is, while fetch would first tidy it up. */
export function rawCall(
  url: string,
  method: string,
  path: string,
  {
    headers = {},
    body,
  }: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = request({ hostname, port, method, path, headers, agent }, (response) => {
      const { statusCode: status = 0, headers: told } = response;
      if (told['content-type']?.startsWith('text/event-stream') === true) {
        response.destroy();
        resolve({ status, headers: told, body: undefined });
        return;
      }
      resolve(
        text(response).then(
          (content) => ({ status, headers: told, body: content }),
          () => ({ status, headers: told, body: undefined }),
        ),
      );
    });
    sent.setTimeout(10_000, () => sent.destroy(new Error(`${method} ${path} was not answered in 10 s.`)));
    sent.on('error', reject);
    sent.end(body);
  });
}
