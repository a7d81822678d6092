import type { ParsedUrlQuery } from 'node:querystring';
import type { IncomingMessage } from 'node:http';
import { duration } from '../../exporter/serve/kinds.ts';
import type { StartRequest } from '../api.ts';
import { markRequest } from '../apiSchema.ts';
import { maxLabelKey, maxLabels, maxLabelText } from '../control/labelLimits.ts';
import { Refusal } from '../refusal.ts';
import { interval } from '../settings.ts';

/**
 * Reads `POST /start/test000?interval=0.5&for=10m&label.load=high`.
 * @throws Refusal naming the parameter, the value and what is allowed.
 */
export function startRequest(pathRun: string | undefined, query: ParsedUrlQuery): StartRequest {
  const labels: [key: string, value: string][] = [];
  const read: { run?: string; interval?: number; for?: number } = {};
  for (const [name, value] of Object.entries(query)) {
    if (typeof value !== 'string') throw new Refusal(400, `${name} may be given once.`);
    if (name === 'run') read.run = value;
    else if (name === 'interval') read.interval = parameter(name, value, interval);
    else if (name === 'for') read.for = parameter(name, value, duration);
    else if (name.startsWith('label.') && name.length > 'label.'.length) labels.push([name.slice(6), value]);
    else {
      throw new Refusal(400, `There is no parameter ${name}: run, interval, for and label.KEY are known.`);
    }
  }
  requireModest(labels);
  const run = pathRun ?? read.run;
  if (run === undefined) throw new Refusal(400, 'The run has no name: POST /start/RUN.');
  // Whatever a key is called (__proto__, say) it becomes an entry like the others.
  return { ...read, run, labels: Object.fromEntries(labels) };
}

function requireModest(labels: readonly (readonly [key: string, value: string])[]): void {
  if (labels.length > maxLabels) {
    throw new Refusal(400, `A run may have ${maxLabels} labels, and these are more.`);
  }
  for (const [key, value] of labels) {
    if (key.length > maxLabelKey) {
      throw new Refusal(400, `The key of a label may have ${maxLabelKey} characters: "${key}" has more.`);
    }
    if (value.length > maxLabelText) {
      throw new Refusal(400, `label.${key} has ${value.length} characters, and may have ${maxLabelText}.`);
    }
  }
}

function parameter<T>(name: string, value: string, parse: (text: string) => T): T {
  try {
    return parse(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Refusal(400, `${name} is "${value}", but it must be ${error.message}.`);
  }
}

/** Whether `GET /daemons?probe=true` asks them now. @throws Refusal */
export function isProbed({ probe }: ParsedUrlQuery): boolean {
  if (probe === undefined || probe === 'false') return false;
  if (probe === 'true') return true;
  throw new Refusal(400, 'probe may be true or false, and be given once.');
}

const maxBody = 16_384;

/** The label of `POST /marks {"label": "..."}` or `POST /marks?label=...`. */
export async function markLabel(request: IncomingMessage, query: ParsedUrlQuery): Promise<string> {
  const given: unknown = query['label'] === undefined ? await readJson(request) : { label: query['label'] };
  const { success, data } = markRequest.safeParse(given);
  if (!success) throw new Refusal(400, 'A mark needs {"label": "TEXT"} of 1 to 1000 characters.');
  return data.label;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a request without encoding gives Buffers
    const bytes = chunk as Buffer;
    length += bytes.length;
    if (length > maxBody) throw new Refusal(413, `A body may have ${maxBody} bytes.`);
    chunks.push(bytes);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new Refusal(400, 'The body is not JSON.');
  }
}
