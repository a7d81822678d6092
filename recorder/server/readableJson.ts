import type { Context, Next } from 'koa';
import { visibleJson } from '../../exporter/serve/visibleJson.ts';

/** Writes JSON answers as a person with curl reads them: indented, and with an end to the last line. */
export async function readableJson(ctx: Context, next: Next): Promise<void> {
  await next();
  if (ctx.response.type !== 'application/json' || typeof ctx.body !== 'object') return;
  ctx.body = `${visibleJson(JSON.stringify(ctx.body, undefined, 2))}\n`;
}
