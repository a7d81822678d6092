import type { Context, Middleware } from 'koa';
import type { Log } from '../../exporter/serve/log.ts';
import type { ErrorAnswer } from '../api.ts';
import { messageOf } from '../messageOf.ts';
import { Refusal } from '../refusal.ts';

/** Answers a Refusal as JSON, and everything else that goes wrong as one. */
export function answerErrors(log: Log): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      // The router leaves these without a body.
      if (ctx.body === undefined && ctx.respond !== false) refuseUnanswered(ctx);
    } catch (error) {
      const refusal = error instanceof Refusal ? error : unexpected(error);
      if (refusal.status >= 500) log.error({ err: error, path: ctx.path }, 'a call failed');
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
