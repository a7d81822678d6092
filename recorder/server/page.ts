import type Router from '@koa/router';
import type { Context } from 'koa';
import { Refusal } from '../refusal.ts';
import { readPage } from './pageFiles.ts';

/**
 * What the page may do: run its own script, use its own style and icon, and call its own recorder. No other
 * page may frame it. https://www.w3.org/TR/CSP3/
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const headers = {
  'Content-Security-Policy': contentSecurityPolicy,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
} as const;

/** Whether a path is of the page, which tells nothing of the recorder: a browser asks for it without a token. */
export function isPagePath(path: string): boolean {
  return path === '/' || path.startsWith('/page/');
}

/** The web page: / and what it is made of. */
export function addPage(router: Router): void {
  let page: ReturnType<typeof readPage> | undefined;

  async function sendPage(ctx: Context, name: string): Promise<void> {
    // One that could not be read is read again when somebody asks again.
    page ??= readPage().catch((error: unknown) => {
      page = undefined;
      throw error;
    });
    const file = (await page).get(name);
    if (file === undefined) throw new Refusal(404, `The page has no part "${name}".`);
    ctx.set(headers);
    ctx.set('Cache-Control', 'no-cache');
    const isGzipped = ctx.acceptsEncodings('gzip', 'identity') === 'gzip';
    ctx.set('ETag', isGzipped ? file.gzippedEtag : file.etag);
    ctx.vary('Accept-Encoding');
    ctx.status = 200;
    if (ctx.fresh) {
      ctx.status = 304;
      return;
    }
    ctx.set('Content-Type', file.type);
    if (isGzipped) ctx.set('Content-Encoding', 'gzip');
    ctx.body = isGzipped ? file.gzipped : file.bytes;
  }

  router.get('/', (ctx) => sendPage(ctx, 'index.html'));
  router.get('/page/:part', (ctx) => sendPage(ctx, ctx.params['part'] ?? ''));
}
