import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import Router from '@koa/router';
import Koa, { type Context, type Middleware } from 'koa';
import type { CollectAt } from './appointments.ts';
import { landingPage } from './landingPage.ts';
import type { Format } from './exposition.ts';
import { isErrno } from './serve/errno.ts';
import type { Log } from './serve/log.ts';
import { tokenProblem } from './serve/token.ts';
import { parseScrapeRequest, ScrapeRefusal, type ScrapeRequest } from './scrapeRequest.ts';
import type { Snapshot } from './snapshot.ts';

export interface ServerParts {
  readonly collectAt: CollectAt;
  /**
   * A whole exposition, the exporter's own metrics included, in pieces.
   * @param isAlone whether no other answer is on its way now
   */
  readonly render: (
    snapshot: Snapshot,
    request: { format: Format; wanted: ScrapeRequest['wanted'] },
    isAlone: () => boolean,
  ) => AsyncIterable<string | Buffer>;
  /** Wall clock, in seconds since the epoch. */
  readonly clock: () => number;
  readonly maxConcurrentScrapes: number;
  /** Seconds that an exposition may take on its way; default 30. */
  readonly sendTime?: number;
  /** What all calls but /healthz must bring; undefined: nothing. */
  readonly token?: (() => string) | undefined;
  readonly version: string;
  readonly log: Log;
}

/** So many requests may wait for their moment. A scraper waits once in an interval. */
const mostWaiting = 100;

/** The exporter's HTTP interface: /metrics, /healthz and a page that leads there. */
export function createApp(parts: ServerParts): Koa {
  const { clock, log, maxConcurrentScrapes, token, sendTime = 30 } = parts;
  const active = new Set<ServerResponse>();
  let waiting = 0;

  /** Whoever takes their time over the answer loses it, so that the next one finds room. */
  function occupy(response: ServerResponse): void {
    active.add(response);
    const timer = setTimeout(() => response.destroy(), sendTime * 1000);
    response.once('close', () => {
      active.delete(response);
      clearTimeout(timer);
    });
  }

  /** The snapshot for a request; while it waits for its moment it takes none of the room for scrapes. */
  async function snapshotFor({ wanted, at }: ScrapeRequest): Promise<Snapshot> {
    waiting += 1;
    try {
      return await parts.collectAt(wanted, at);
    } finally {
      waiting -= 1;
    }
  }

  // The status and the clock go out before the wait, so that the caller can compare the clocks. A
  // failure after that can only be told by breaking the body off.
  async function answer(response: ServerResponse, request: ScrapeRequest): Promise<void> {
    try {
      const snapshot = await snapshotFor(request);
      // Whoever asked may have left meanwhile.
      if (response.destroyed) return;
      if (request.at !== undefined) occupy(response);
      const isAlone = () => [...active].every((other) => other === response);
      const text = parts.render(snapshot, request, isAlone);
      if (request.gzip) await pipeline(text, createGzip({ level: constants.Z_BEST_SPEED }), response);
      else await pipeline(text, response);
    } catch (error) {
      if (isErrno(error, 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE')) {
        log.debug({ err: error }, 'A scraper left before it had its answer.');
      } else {
        log.error({ err: error }, 'A scrape failed; its answer was broken off.');
      }
      response.destroy();
    }
  }

  async function metrics(ctx: Context): Promise<void> {
    const now = clock();
    const request = parseScrapeRequest(ctx, now);
    if (active.size >= maxConcurrentScrapes) {
      throw new ScrapeRefusal(
        503,
        `${active.size} scrapes are under way, and MAX_CONCURRENT_SCRAPES allows no more: try again later.`,
      );
    }
    if (request.at !== undefined && waiting >= mostWaiting) {
      throw new ScrapeRefusal(
        503,
        `${waiting} requests wait for their moment, and no more may: try again later.`,
      );
    }
    ctx.respond = false;
    ctx.res.writeHead(200, {
      'Content-Type': request.contentType,
      'X-Kubemon-Clock': now.toFixed(6),
      Vary: 'Accept, Accept-Encoding',
      ...(request.gzip ? { 'Content-Encoding': 'gzip' } : {}),
    });
    ctx.res.flushHeaders();
    if (request.at === undefined) occupy(ctx.res);
    await answer(ctx.res, request);
  }

  const router = new Router();
  router.get('/metrics', metrics);
  router.get('/healthz', (ctx) => {
    ctx.body = 'ok\n';
  });
  router.get('/', (ctx) => {
    ctx.type = 'html';
    ctx.body = landingPage(parts.version);
  });

  const app = new Koa();
  app.on('error', (error) => {
    log.error({ err: error }, 'A request failed.');
  });
  app.use(async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      if (!(error instanceof ScrapeRefusal)) throw error;
      // Whoever asked for a moment too far ahead learns how far off the clocks are.
      ctx.set('X-Kubemon-Clock', clock().toFixed(6));
      ctx.status = error.status;
      ctx.body = `${error.message}\n`;
    }
  });
  if (token !== undefined) app.use(requireToken(token));
  app.use(router.routes()).use(router.allowedMethods());
  return app;
}

/** A probe brings none: manifests would have to hold it. */
function requireToken(token: () => string): Middleware {
  return async (ctx, next) => {
    const problem = ctx.path === '/healthz' ? undefined : tokenProblem(ctx.get('Authorization'), token());
    if (problem === undefined) {
      await next();
      return;
    }
    ctx.status = 401;
    ctx.set('WWW-Authenticate', 'Bearer');
    ctx.body = `${problem}\n`;
  };
}
