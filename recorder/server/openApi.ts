import {
  type Answer,
  type Call,
  calls,
  headers,
  type HeaderName,
  type Parameter,
  pathParameters,
} from '../control/calls.ts';
import { errorCodes } from '../apiSchema.ts';
import { jsonSchemas, schemaPath } from './jsonSchemas.ts';

export interface OpenApi {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  /** By path, then by method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, unknown>>;
}

export interface Operation {
  readonly summary: string;
  readonly responses: Readonly<Record<string, Response>>;
  readonly [other: string]: unknown;
}

export interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema: unknown }>>;
}

/** The calls as an OpenAPI 3.1 document: https://spec.openapis.org/oas/v3.1.0 */
export function openApi(version: string): OpenApi {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const call of calls) {
    const path = call.path.replaceAll(/:([a-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [call.method.toLowerCase()]: operation(call) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'kubemon recorder',
      version,
      description:
        'Whatever is answered with GET may be asked with HEAD. Other paths are answered with 404, other methods with 405, both as ErrorAnswer. ' +
        'Times are ISO 8601 in UTC with milliseconds, durations are seconds. Absent is a missing key.',
    },
    paths,
    components: {
      schemas: jsonSchemas(),
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

/** What every call but the probes may be answered. */
const everywhere: Call['refusals'] = [
  [401, 'The recorder wants a token, and it is missing or wrong.'],
  [403, 'The recorder is not called by that Host, or the page of that Origin may not call it.'],
  [500, 'What nobody expected; the log of the recorder says more.'],
];

function operation({ method, path, does, query = [], body, answers, refusals }: Call): Operation {
  const inPath = Array.from(path.matchAll(/:([a-z]+)/g), ([, name = '']) => pathParameters[name]);
  const refused = [...refusals, ...everywhere].toSorted(([a], [b]) => a - b);
  return {
    summary: does,
    ...(method !== 'GET' && { security: [{}, { token: [] }] }),
    parameters: [
      ...inPath.filter((each) => each !== undefined).map((each) => parameter(each, 'path')),
      ...query.map((each) => parameter(each, 'query')),
    ],
    ...(body && { requestBody: { content: { 'application/json': { schema: schemaOf(body) } } } }),
    responses: Object.fromEntries([
      ...answers.map((answer) => [answer.status, success(answer, does)] as const),
      ...refused.map(([status, why]) => [status, refusal(status, why)] as const),
    ]),
  };
}

function parameter({ name, does, required, schema }: Parameter, place: 'path' | 'query') {
  const each = schema['type'] === 'object' ? { style: 'form', explode: true } : {};
  return { name, in: place, description: does, ...(required && { required }), ...each, schema };
}

function success({ status, content, headers: names = [] }: Answer, description: string): Response {
  return {
    description: status === 304 ? 'It is as If-None-Match or If-Modified-Since says.' : description,
    ...(names.length > 0 && { headers: headersOf(names) }),
    ...(content && {
      content: Object.fromEntries(
        Object.entries(content).map(([type, name]) => [type, { schema: schemaOf(name) }]),
      ),
    }),
  };
}

function refusal(status: number, description: string): Response {
  const code = Object.entries(errorCodes).find(([each]) => Number(each) === status)?.[1];
  const schema = {
    $ref: `${schemaPath}ErrorAnswer`,
    properties: { error: { properties: { code: { const: code } } } },
  };
  const names = refusalHeaders[status] ?? [];
  return {
    description,
    ...(names.length > 0 && { headers: headersOf(names) }),
    content: { 'application/json': { schema } },
  };
}

const refusalHeaders: Readonly<Record<number, readonly HeaderName[]>> = {
  401: ['WWW-Authenticate'],
  405: ['Allow'],
  416: ['Content-Range'],
};

function headersOf(names: readonly HeaderName[]) {
  return Object.fromEntries(
    names.map((name) => [name, { description: headers[name], required: true, schema: { type: 'string' } }]),
  );
}

function schemaOf(name: string) {
  if (name === 'text') return { type: 'string' };
  if (name === 'json') return { type: 'object' };
  return name === 'bytes' ? {} : { $ref: schemaPath + name };
}
