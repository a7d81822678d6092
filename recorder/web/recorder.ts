import type {
  DaemonsAnswer,
  ErrorAnswer,
  MarkAnswer,
  MessageAnswer,
  RunAnswer,
  RunsAnswer,
  StartAnswer,
  StatusAnswer,
  StopAnswer,
} from '../api.ts';
import { createEventReader, type ServerEvent } from './eventText.ts';
import { inTime } from './inTime.ts';
import type { FilePart } from './tableFeed.ts';
import type { Token } from './token.ts';

/** What the recorder said no to, in its own sentence. */
export class RefusedError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The recorder's API. @throws RefusedError, and TypeError when it cannot be reached. */
export interface Recorder {
  status(): Promise<StatusAnswer>;
  daemons(): Promise<DaemonsAnswer>;
  runs(): Promise<RunsAnswer>;
  run(run: string): Promise<RunAnswer>;
  start(run: string, parameters: URLSearchParams): Promise<StartAnswer>;
  stop(): Promise<StopAnswer>;
  mark(label: string): Promise<MarkAnswer>;
  remove(run: string): Promise<MessageAnswer>;
  /** Undefined: the file ends before. */
  part(
    run: string,
    file: string,
    start: number,
    end: number,
    signal: AbortSignal,
  ): Promise<FilePart | undefined>;
  /** What a browser cannot fetch by itself, since it needs the token. */
  download(path: string): Promise<Blob>;
  /** Until the connection ends, or nothing comes of it for so long that it must have. */
  events(opened: () => void): AsyncGenerator<ServerEvent>;
}

/** The recorder sends a sign of life every 15 s: after so many milliseconds without it is away. */
const silenceMs = 45_000;

interface Call extends RequestInit {
  /** Milliseconds in which all of the answer is to be there. */
  readonly patience?: number;
}

export function createRecorder(token: Token): Recorder {
  async function call(method: string, path: string, init: Call = {}): Promise<Response> {
    const { patience, ...rest } = init;
    const sent = token.current();
    const headers = new Headers(init.headers);
    if (sent !== undefined) headers.set('Authorization', `Bearer ${sent}`);
    const limit = patience === undefined ? {} : { signal: AbortSignal.timeout(patience) };
    const response = await fetch(path, { cache: 'no-store', ...rest, ...limit, method, headers });
    if (response.ok || response.status === 416) return response;
    const message = await sentenceOf(response);
    if (response.status === 401 && method === 'GET') token.guardsReading();
    if (response.status !== 401) throw new RefusedError(response.status, message);
    // Another call may have been given one meanwhile.
    const given = token.current() === sent ? await token.ask(message, method !== 'GET') : token.current();
    if (given === undefined) throw new RefusedError(401, message);
    return call(method, path, init);
  }

  async function answer<T>(method: string, path: string, init?: Call): Promise<T> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's own, which its tests hold to
    return (await (await call(method, path, init)).json()) as T;
  }

  const read = <T>(path: string): Promise<T> => answer('GET', path, { patience: silenceMs });

  return {
    status: () => read('/status'),
    daemons: () => read('/daemons'),
    runs: () => read('/runs'),
    run: (run) => read(of(run)),
    start: (run, parameters) => answer('POST', `/start?${String(named(run, parameters))}`),
    stop: () => answer('POST', '/stop'),
    mark: (label) => answer('POST', '/marks', { body: JSON.stringify({ label }) }),
    remove: (run) => answer('DELETE', of(run)),
    async part(run, file, start, end, signal) {
      const range = { Range: `bytes=${start}-${end - 1}` };
      const response = await call('GET', `${of(run)}/${encodeURIComponent(file)}`, {
        headers: range,
        signal,
      });
      if (response.status === 416) return undefined;
      const content = new Uint8Array(await response.arrayBuffer());
      const [, total] = /\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '') ?? [];
      return { bytes: content, total: Number(total ?? content.length) };
    },
    download: async (path) => (await call('GET', path)).blob(),
    async *events(opened) {
      const { body } = await call('GET', '/events');
      opened();
      const parse = createEventReader();
      const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
      if (reader === undefined) return;
      try {
        for (;;) {
          const { done, value } = await inTime(reader.read(), silenceMs);
          if (done) return;
          yield* parse(value);
        }
      } finally {
        // Nobody waits for that: the connection may be dead, or broken.
        void reader.cancel().catch(() => undefined);
      }
    },
  };
}

function of(run: string): string {
  return `/runs/${encodeURIComponent(run)}`;
}

/** As a parameter: a name with a slash is refused with a sentence about names. */
function named(run: string, parameters: URLSearchParams): URLSearchParams {
  const all = new URLSearchParams(parameters);
  all.set('run', run);
  return all;
}

async function sentenceOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every refusal is one
    return (JSON.parse(text) as ErrorAnswer).message;
  } catch {
    // What stands between the page and the recorder answers in its own way.
    return `The recorder's answer was ${response.status} ${response.statusText}.`;
  }
}
