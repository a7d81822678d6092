import type { Context } from 'koa';
import { farthest } from './appointments.ts';
import { scopes } from './collect.ts';
import type { Format } from './exposition.ts';
import type { Scope } from './metrics/spec.ts';

/** What a request for /metrics asks for. */
export interface ScrapeRequest {
  readonly wanted: readonly Scope[];
  /** Seconds since the epoch. */
  readonly at?: number;
  readonly format: Format;
  readonly contentType: string;
  readonly gzip: boolean;
}

/** A request that is not answered: a status, and a sentence for whoever sent it. */
export class ScrapeRefusal extends Error {
  override readonly name = 'ScrapeRefusal';
  readonly status: 400 | 503;

  constructor(status: 400 | 503, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

const contentTypes: readonly { readonly offer: string; readonly format: Format }[] = [
  { offer: 'text/plain; version=0.0.4', format: 'text' },
  { offer: 'text/plain', format: 'text' },
  { offer: 'application/openmetrics-text; version=1.0.0', format: 'openmetrics' },
  { offer: 'application/openmetrics-text; version=0.0.1', format: 'openmetrics' },
  { offer: 'application/openmetrics-text', format: 'openmetrics' },
];

const textType = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Reads `collect[]`, `at`, Accept and Accept-Encoding.
 * @param now wall clock, in seconds since the epoch.
 * @throws ScrapeRefusal
 */
export function parseScrapeRequest(ctx: Context, now: number): ScrapeRequest {
  const offer = ctx.accepts(contentTypes.map((type) => type.offer));
  const format = contentTypes.find((type) => type.offer === offer)?.format ?? 'text';
  const parameters = new URLSearchParams(ctx.querystring);
  const at = parseAt(parameters.getAll('at'), now);
  return {
    wanted: parseWanted(parameters.getAll('collect[]')),
    ...(at === undefined ? {} : { at }),
    format,
    contentType: format === 'text' ? textType : `${String(offer)}; charset=utf-8`,
    gzip: ctx.acceptsEncodings('gzip', 'identity') === 'gzip',
  };
}

function parseWanted(names: readonly string[]): readonly Scope[] {
  const unknown = names.find((name) => !scopes.some((scope) => scope === name));
  if (unknown !== undefined) {
    throw new ScrapeRefusal(400, `collect[] is "${unknown}", but it must be one of ${scopes.join(', ')}.`);
  }
  return names.length === 0 ? scopes : scopes.filter((scope) => names.includes(scope));
}

function parseAt(values: readonly string[], now: number): number | undefined {
  const [value] = values;
  if (value === undefined) return undefined;
  const at = Number(value);
  if (values.length > 1 || !/^\d+(\.\d+)?$/.test(value)) {
    throw new ScrapeRefusal(400, 'at must be one number, seconds since the epoch.');
  }
  if (at - now > farthest) {
    throw new ScrapeRefusal(
      400,
      `at is ${(at - now).toFixed(3)} s ahead of this machine's clock (${now.toFixed(3)}), but at most ${farthest} s are waited for.`,
    );
  }
  return at;
}
