import { type Call, calls } from '../control/calls.ts';

export interface OpenApi {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string };
  /** By path, then by method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: Readonly<Record<string, unknown>>;
}

/** The calls as an OpenAPI 3.1 document: https://spec.openapis.org/oas/v3.1.0 */
export function openApi(version: string): OpenApi {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const call of calls) {
    const path = call.path.replaceAll(/:([a-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [call.method.toLowerCase()]: operation(call) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'kubemon recorder', version },
    paths,
    components: {
      schemas: { Message: message, Error: error },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

const message = {
  type: 'object',
  required: ['message'],
  properties: { message: { type: 'string', description: 'A sentence for the person who asked.' } },
};

const error = {
  type: 'object',
  required: ['message', 'error'],
  properties: {
    ...message.properties,
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { type: 'string' }, message: { type: 'string' } },
    },
  },
};

function operation({ method, path, does, query = [], status, mediaType, refusals }: Call) {
  const inPath = Array.from(path.matchAll(/:([a-z]+)/g), ([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = query.map(({ name, does: description }) => ({
    name,
    in: 'query',
    description,
    schema: { type: 'string' },
  }));
  const answer = mediaType === undefined ? json('Message') : { [mediaType]: { schema: { type: 'string' } } };
  const refused = refusals.map(
    ([code, description]) => [code, { description, content: json('Error') }] as const,
  );
  return {
    summary: does,
    ...(method !== 'GET' && { security: [{}, { token: [] }] }),
    parameters: [...inPath, ...inQuery],
    responses: {
      [status]: { description: does, content: answer },
      ...Object.fromEntries(refused),
    },
  };
}

function json(schema: string) {
  return { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } };
}
