import type { Context, Middleware } from 'koa';
import type { Log } from '../../exporter/serve/log.ts';
import type { ErrorAnswer } from '../api.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import { Refusal } from '../refusal.ts';

/** They are called every few seconds: what they tell is logged when it changes. */
const probes: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/** Answers a Refusal as JSON, and everything else that goes wrong as one. */
export function answerErrors(log: Log): Middleware {
  /** What each probe that fails was answered last, by path. */
  const failing = new Map<string, string>();

  /** A Refusal says all that is to be known; what nobody expected is told with its stack. */
  function tell(path: string, { status, message }: Refusal, error: unknown): void {
    if (status < 500 || failing.get(path) === message) return;
    if (probes.has(path)) failing.set(path, message);
    if (error instanceof Refusal) log.error({ path, status, reason: message }, 'a call was refused');
    else log.error({ err: error, path }, 'a call failed');
  }

  return async (ctx, next) => {
    try {
      await next();
      // The router leaves these without a body.
      if (ctx.body === undefined && ctx.respond !== false) refuseUnanswered(ctx);
      if (failing.delete(ctx.path)) log.info({ path: ctx.path }, 'the call succeeds again');
    } catch (error) {
      const refusal = error instanceof Refusal ? error : unexpected(error);
      tell(ctx.path, refusal, error);
      if (ctx.headerSent) {
        ctx.res.destroy();
        return;
      }
      const { status, code, message } = refusal;
      ctx.status = status;
      ctx.body = { message, error: { code, message } } satisfies ErrorAnswer;
    }
  };
}

function refuseUnanswered({ status, method, path, response }: Context): void {
  const call = `${method} ${path}`;
  if (status === 404) throw new Refusal(404, `There is no ${call}: GET /help lists the calls.`);
  if (status === 405 || status === 501) {
    throw new Refusal(405, `There is no ${call}, but ${response.get('Allow')} there.`);
  }
}

function unexpected(error: unknown): Refusal {
  return new Refusal(500, `The call failed: ${messageOf(error)}`);
}
