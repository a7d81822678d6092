import { isIP } from 'node:net';
import type { Context, Middleware } from 'koa';
import { tokenProblem } from '../../exporter/serve/token.ts';
import { Refusal } from '../refusal.ts';
import { isPagePath } from './page.ts';

export interface GuardOptions {
  /** Host names under which the recorder may be called, besides IP addresses and localhost. */
  readonly allowedHosts: readonly string[];
  /** The token as it is now; undefined: none is needed. */
  readonly token: (() => string) | undefined;
  /** Reading needs the token, too. */
  readonly authAll: boolean;
}

/**
 * Refuses what a web page of another site could make a browser send: by DNS rebinding (a Host that
 * is a name of theirs) or directly (an Origin that is not the recorder's). Then asks for the token.
 */
export function guard({ allowedHosts, token, authAll }: GuardOptions): Middleware {
  const hosts = new Set(['localhost', ...allowedHosts.map((host) => host.toLowerCase())]);
  return async (ctx, next) => {
    checkHost(ctx, hosts);
    checkOrigin(ctx);
    const changing = ctx.method !== 'GET' && ctx.method !== 'HEAD' && ctx.method !== 'OPTIONS';
    const open = ctx.path === '/healthz' || ctx.path === '/readyz' || isPagePath(ctx.path);
    if (token !== undefined && (changing || (authAll && !open))) checkToken(ctx, token());
    await next();
  };
}

function checkHost(ctx: Context, hosts: ReadonlySet<string>): void {
  const host = ctx.get('Host');
  const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
  if (isIP(name.replaceAll(/[[\]]/g, '')) !== 0 || hosts.has(name.replace(/\.$/, ''))) return;
  throw new Refusal(
    403,
    `The recorder is not called "${host}": use its IP address, or add the name to ALLOWED_HOSTS.`,
  );
}

function checkOrigin(ctx: Context): void {
  const origin = ctx.get('Origin');
  if (origin === '') return;
  if (URL.canParse(origin) && new URL(origin).host === ctx.get('Host').toLowerCase()) return;
  throw new Refusal(403, `A page of ${origin} may not call the recorder.`);
}

function checkToken(ctx: Context, token: string): void {
  const problem = tokenProblem(ctx.get('Authorization'), token);
  if (problem === undefined) return;
  ctx.set('WWW-Authenticate', 'Bearer');
  throw new Refusal(401, problem);
}
