import { Ajv2020 } from 'ajv/dist/2020.js';
import type { OpenApi, Operation } from '../../../recorder/server/openApi.ts';
import type { RawAnswer } from './rawCall.ts';

/** What is wrong with an answer by /openapi.json; undefined: nothing. */
export type Described = (method: string, path: string, answer: RawAnswer) => string | undefined;

export function describedBy(document: OpenApi): Described {
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
  ajv.addSchema(document, 'openapi');
  // RUN.tar.gz is to be found before RUN.
  const templates = Object.keys(document.paths).toSorted((a, b) => b.length - a.length);
  const patterns = templates.map(
    (path) =>
      [
        path,
        new RegExp(`^${path.replaceAll('.', String.raw`\.`).replaceAll(/\{\w+\}/g, '[^/]+')}/?$`),
      ] as const,
  );

  function schemaFault(reference: string, body: unknown): string | undefined {
    const validate = ajv.getSchema(reference) ?? ajv.compile({ $ref: reference });
    return validate(body) === true ? undefined : ajv.errorsText(validate.errors);
  }

  return (method, url, answer) => {
    const [pathname = ''] = url.split('?');
    const path = patterns.find(([, pattern]) => pattern.test(pathname))?.[0];
    const methods = path === undefined ? undefined : document.paths[path];
    if (method === 'OPTIONS' && methods !== undefined) {
      return answer.status === 200 && answer.headers.allow !== undefined
        ? undefined
        : 'OPTIONS tells no Allow';
    }
    const name = method === 'HEAD' ? 'get' : method.toLowerCase();
    const operation = methods?.[name];
    if (operation === undefined || path === undefined) {
      const status = methods === undefined ? 404 : 405;
      if (answer.status !== status) return `status ${answer.status}, which should be ${status}`;
      if (status === 405 && answer.headers.allow === undefined) return '405 without Allow';
      return method === 'HEAD'
        ? undefined
        : schemaFault('openapi#/components/schemas/ErrorAnswer', jsonOf(answer.body));
    }
    return operationFault(operation, method, answer, (type) =>
      schemaFault(
        `openapi#/paths/${[path, name, 'responses', String(answer.status), 'content', type, 'schema'].map(pointer).join('/')}`,
        type === 'application/json' && answer.status !== 206 ? jsonOf(answer.body) : answer.body,
      ),
    );
  };
}

function operationFault(
  { responses }: Operation,
  method: string,
  { status, headers, body }: RawAnswer,
  bodyFault: (type: string) => string | undefined,
): string | undefined {
  const response = responses[String(status)];
  if (response === undefined) return `status ${status} is not described`;
  const missing = Object.keys(response.headers ?? {}).find(
    (name) => headers[name.toLowerCase()] === undefined,
  );
  if (missing !== undefined) return `there is no header ${missing}`;
  const [type = ''] = headers['content-type']?.split(';') ?? [];
  if (response.content === undefined) return body === '' ? undefined : 'there is a body';
  if (response.content[type] === undefined) return `the media type "${type}" is not described`;
  if (method === 'HEAD') return body === '' ? undefined : 'there is a body';
  return body === undefined ? undefined : bodyFault(type);
}

function jsonOf(text: string | undefined): unknown {
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}

/** RFC 6901, in a URL. */
function pointer(text: string): string {
  return encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'));
}
