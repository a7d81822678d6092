import { Agent } from 'undici';
import { microseconds } from '../microseconds.ts';
import { createBodyMemory } from './bodyMemory.ts';
import { type OpenBody, readyBody } from './decompress.ts';
import { type BodyLimits, exchange, type Progress, type Reply } from './exchange.ts';
import { createInflater } from './inflater.ts';
import { asScrapeError, isDisconnect, ScrapeError } from './scrapeError.ts';
import type { Target } from './target.ts';
import { statusMeaning, type TargetTrust } from './targetTrust.ts';

export interface ScraperOptions {
  /** Seconds since the epoch: see createWallClock. */
  readonly clock: () => number;
  /** Limit of a body, before and after decompression. */
  readonly maxBytes: number;
  /** Absent: certificates from the authorities that Node.js knows, and no token. */
  readonly trust?: TargetTrust | undefined;
  /** How many targets are scraped at one moment; default: few. */
  readonly targets?: () => number;
}

export interface ScrapeRequest {
  /** When the exporter is to collect, in seconds since the epoch. */
  readonly at?: number;
  readonly collect?: readonly string[];
  /** When the scrape ends, whatever has come, in seconds since the epoch. */
  readonly deadline: number;
}

/** What is told of any scrape. Times are the recorder's clock, in seconds since the epoch. */
export interface ScrapeTold {
  /** When the request was sent; of one that never was, when it was asked for. */
  readonly requestedAt: number;
  /** When the head of the answer came. */
  readonly answeredAt?: number;
  /** The header X-Kubemon-Clock: the exporter's clock, in seconds since the epoch. */
  readonly exporterClock?: number;
  /** Of the body, decompressed; of a failed scrape, what had come over the wire. */
  readonly bytes: number;
}

export type Scrape = ScrapeTold &
  (({ readonly up: true } & ScrapedBody) | { readonly up: false; readonly error: string });

export interface ScrapedBody {
  /** The body, decompressed, when there is room for it; to be called once. @throws ScrapeError, or the signal's reason */
  open(): Promise<OpenBody>;
  /** Whether the deadline has passed, by the clock that it was given by. */
  isLate(): boolean;
  /** Aborted when the memory is needed for the bodies of others; its reason says so. */
  readonly signal: AbortSignal;
  /** To be called when the body has been read. */
  release(): void;
}

export interface Scraper {
  /** Never rejects: what went wrong is `error`, one line that begins with a ScrapeErrorWord. */
  scrape(target: Target, request: ScrapeRequest): Promise<Scrape>;
  /** Ends what is under way. */
  close(): Promise<void>;
}

/**
 * The text format comes first: a kubemon exporter says the same in both. Others may speak only
 * OpenMetrics, or send text without a word about it.
 */
const headers = {
  accept: 'text/plain;version=0.0.4,application/openmetrics-text;version=1.0.0;q=0.8,*/*;q=0.1',
  'user-agent': 'kubemon-recorder',
};
const askingForGzip = { ...headers, 'accept-encoding': 'gzip' };
const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Connections are kept for longer than an interval, so that a request is one packet. The deadline
 * takes the place of all timeouts but that of connecting.
 */
export function createScraper({ clock, maxBytes, trust, targets = () => 0 }: ScraperOptions): Scraper {
  const memory = createBodyMemory(() => Math.max(bodiesAtOnce * maxBytes, targets() * usualBody));
  const inflater = createInflater();
  let authorities = trust?.authorities?.current();
  let agent = createAgent(authorities);

  /** With other authorities every target is to be verified anew. */
  function currentAgent(): Agent {
    const now = trust?.authorities?.current();
    if (now !== authorities) {
      void agent.close();
      agent = createAgent(now);
      authorities = now;
    }
    return agent;
  }

  /** A connection that its server closed while the request was on its way deserves a second one. */
  async function ask(target: Target, url: URL, progress: Progress, limits: BodyLimits): Promise<Reply> {
    const token = trust?.token?.current();
    // In clear it would be everybody's.
    const isSent = token !== undefined && url.protocol === 'https:';
    // On the loopback plain bytes cost less, unless so many targets answer at once that there is no room for them.
    const asks = loopback.test(url.hostname) && targets() <= fewTargets ? headers : askingForGzip;
    const options = {
      headers: isSent ? { ...asks, authorization: `Bearer ${token}` } : asks,
      clock,
      serverName: target.serverName,
      meaning: (status: number) => statusMeaning(status, url.protocol, token !== undefined),
      ...limits,
    };
    const asked = currentAgent();
    try {
      return await exchange(asked, url, progress, options);
    } catch (error) {
      if (!isDisconnect(error) || progress.answeredAt !== undefined || limits.signal.aborted) throw error;
      return exchange(asked, url, progress, options);
    }
  }

  async function scrape(target: Target, request: ScrapeRequest): Promise<Scrape> {
    const progress: Progress = { requestedAt: clock(), bytes: 0 };
    const ending = new AbortController();
    const { signal } = ending;
    const held = memory.hold((error) => ending.abort(error));
    const { release } = held;
    const cancel = atDeadline(request.deadline - progress.requestedAt, () => ending.abort(timeout(progress)));
    try {
      const url = requestUrl(target.url, request);
      const ofMany = targets() > fewTargets ? inflater : undefined;
      ofMany?.start();
      const reply = await ask(target, url, progress, { maxBytes, held, signal });
      const body = await readyBody(reply, { maxBytes, held, signal, inflater: ofMany });
      signal.throwIfAborted();
      return {
        ...progress,
        up: true,
        get bytes() {
          return body.bytes;
        },
        open: () => body.open(),
        isLate: () => clock() > request.deadline,
        signal,
        release,
      };
    } catch (error) {
      release();
      return { ...progress, up: false, error: asScrapeError(error).message };
    } finally {
      cancel();
    }
  }

  return {
    scrape,
    close: async () => {
      await Promise.all([agent.destroy(), inflater.close()]);
    },
  };
}

/** @param authorities PEM; undefined: those that Node.js knows */
function createAgent(authorities: string | undefined): Agent {
  return new Agent({
    keepAliveTimeout: 600_000,
    keepAliveMaxTimeout: 600_000,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: 3000, ...(authorities !== undefined && { ca: authorities }) },
  });
}

/** So many of the largest bodies fit in the memory for all, … */
const bodiesAtOnce = 4;
/** … or one of so many bytes of each target, if that is more. */
const usualBody = 1 << 20;
/** The bodies of so many, which all come at the tick, take neither memory nor time that matters. */
const fewTargets = 100;

/**
 * In so many seconds; when the process was held up meanwhile, only after what has come in time was read.
 * Returns what calls it off.
 */
function atDeadline(seconds: number, act: () => void): () => void {
  let reading: NodeJS.Immediate | undefined;
  const timer = setTimeout(
    () => {
      reading = setImmediate(act);
    },
    Math.max(0, seconds * 1000),
  );
  return () => {
    clearTimeout(timer);
    clearImmediate(reading);
  };
}

function requestUrl(target: string, { at, collect = [] }: ScrapeRequest): URL {
  const url = new URL(target);
  if (at !== undefined) url.searchParams.set('at', String(microseconds(at)));
  for (const scope of collect) url.searchParams.append('collect[]', scope);
  return url;
}

function timeout({ answeredAt, bytes }: Progress): ScrapeError {
  if (answeredAt === undefined) return new ScrapeError('timeout', 'no answer by the deadline');
  return new ScrapeError('timeout', `the answer was not complete by the deadline, ${bytes} bytes had come`);
}
