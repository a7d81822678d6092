import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import Router from '@koa/router';
import Koa, { type Context } from 'koa';
import type { CollectAt } from './appointments.ts';
import { landingPage } from './landingPage.ts';
import type { Format } from './exposition.ts';
import { isErrno } from './serve/errno.ts';
import type { Log } from './serve/log.ts';
import { parseScrapeRequest, ScrapeRefusal, type ScrapeRequest } from './scrapeRequest.ts';
import type { Snapshot } from './snapshot.ts';

export interface ServerParts {
  readonly collectAt: CollectAt;
  /** A whole exposition, the exporter's own metrics included, in pieces. */
  readonly render: (
    snapshot: Snapshot,
    request: { format: Format; wanted: ScrapeRequest['wanted'] },
  ) => AsyncIterable<string>;
  /** Wall clock, in seconds since the epoch. */
  readonly clock: () => number;
  readonly maxConcurrentScrapes: number;
  readonly version: string;
  readonly log: Log;
}

/** The exporter's HTTP interface: /metrics, /healthz and a page that leads there. */
export function createApp(parts: ServerParts): Koa {
  const { clock, log, maxConcurrentScrapes } = parts;
  let active = 0;

  function occupy(response: ServerResponse): void {
    active += 1;
    response.once('close', () => {
      active -= 1;
    });
  }

  // The status and the clock go out before the wait, so that the caller can compare the clocks. A
  // failure after that can only be told by breaking the body off.
  async function answer(response: ServerResponse, request: ScrapeRequest): Promise<void> {
    try {
      const snapshot = await parts.collectAt(request.wanted, request.at);
      // Whoever asked may have left meanwhile.
      if (response.destroyed) return;
      if (request.at !== undefined) occupy(response);
      const text = parts.render(snapshot, request);
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
    if (active >= maxConcurrentScrapes) {
      throw new ScrapeRefusal(
        503,
        `${active} scrapes are under way, and MAX_CONCURRENT_SCRAPES allows no more: try again later.`,
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
      ctx.status = error.status;
      ctx.body = `${error.message}\n`;
    }
  });
  app.use(router.routes()).use(router.allowedMethods());
  return app;
}
