import type { HelpAnswer } from '../api.ts';
import type * as schemas from '../apiSchema.ts';
import { maxLabelKey, maxLabels, maxLabelText } from './labelLimits.ts';
import { runNamePattern } from './runNames.ts';

/** A call of the control API. /help and /openapi.json are made of these. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Parts that begin with a colon stand for a value. */
  readonly path: string;
  readonly does: string;
  readonly query?: readonly Parameter[];
  /** What its body may be. */
  readonly body?: AnswerName;
  readonly answers: readonly Answer[];
  /** What it may be refused with, besides 401, 403 and 500. */
  readonly refusals: readonly (readonly [status: number, why: string])[];
}

export interface Parameter {
  readonly name: string;
  readonly does: string;
  readonly required?: true;
  /** JSON Schema; of an object each entry is a parameter. */
  readonly schema: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly status: 200 | 201 | 206 | 304;
  /** By media type; none: there is no body. The name of a schema, or text or bytes. */
  readonly content?: Readonly<Record<string, AnswerName | 'text' | 'bytes' | 'json'>>;
  readonly headers?: readonly HeaderName[];
}

export type HeaderName = keyof typeof headers;

/** What the headers of answers say. */
export const headers = {
  'Accept-Ranges': 'bytes',
  Allow: 'The methods that there are.',
  'Content-Disposition': 'attachment; filename="RUN.tar.gz"',
  'Content-Length': 'Bytes of this answer.',
  'Content-Range': 'Which bytes of how many: bytes 0-99/1234, or bytes */1234 of a refusal.',
  ETag: 'Another one where the file is another or has grown.',
  'Last-Modified': 'When the file was last written.',
  'WWW-Authenticate': 'Bearer',
} as const;

/** StartAnswer for startAnswer. */
export type AnswerName = Capitalize<Extract<keyof typeof schemas, `${string}Answer` | `${string}Request`>>;

function json(status: 200 | 201, schema: AnswerName | 'json'): readonly Answer[] {
  return [{ status, content: { 'application/json': schema } }];
}

function media(type: string): readonly Answer[] {
  return [{ status: 200, content: { [type]: 'text' } }];
}

const noRun = [404, 'There is no such run.'] as const;
const unreadable = [503, 'OUTPUT_DIR cannot be read.'] as const;

const startParameters: readonly Parameter[] = [
  {
    name: 'interval',
    does: 'Seconds between ticks, fractions allowed, at least 0.1.',
    schema: { type: 'number', minimum: 0.1, maximum: 86_400 },
  },
  {
    name: 'for',
    does: 'How long: 90, 90s, 10m or 1h. Absent: until it is stopped.',
    schema: { type: 'string', pattern: String.raw`^(?=.*[1-9])\d+(\.\d+)?[smh]?$` },
  },
  {
    name: 'label.KEY',
    does: 'A label that is kept in run.json.',
    schema: {
      type: 'object',
      patternProperties: { [`^label\\.[^]{1,${maxLabelKey}}$`]: { type: 'string', maxLength: maxLabelText } },
      additionalProperties: false,
      maxProperties: maxLabels,
    },
  },
];

const runParameter: Parameter = {
  name: 'run',
  does: 'Name of the run.',
  required: true,
  schema: { type: 'string', pattern: runNamePattern },
};

const probeParameter: Parameter = {
  name: 'probe',
  does: 'true: they are asked now, unless a run is on; else it is what they were when they were asked last.',
  schema: { type: 'boolean' },
};

const startRefusals: Call['refusals'] = [
  [400, 'A bad name or parameter.'],
  [
    409,
    'Already recording; the run before is stopping; the run exists; fewer daemons are connected than NUM_DAEMONS.',
  ],
  [503, 'OUTPUT_DIR cannot be written; the recorder is ending; several recorders cannot agree on the run.'],
  [507, 'Less free space than MIN_FREE_BYTES.'],
];

const labelParameter: Parameter = {
  name: 'label',
  does: 'In place of a body.',
  schema: { type: 'string', minLength: 1, maxLength: 1000 },
};

const fileContent = {
  'text/csv': 'text',
  'application/json': 'json',
  'application/jsonl': 'text',
  'application/octet-stream': 'bytes',
} as const;
const fileHeaders = ['Accept-Ranges', 'ETag', 'Last-Modified'] as const;
const file: readonly Answer[] = [
  { status: 200, content: fileContent, headers: [...fileHeaders, 'Content-Length'] },
  {
    status: 206,
    content: {
      'text/csv': 'text',
      'application/json': 'bytes',
      'application/jsonl': 'text',
      'application/octet-stream': 'bytes',
    },
    headers: [...fileHeaders, 'Content-Length', 'Content-Range'],
  },
  { status: 304, headers: fileHeaders },
];
const archive: readonly Answer[] = [
  { status: 200, content: { 'application/gzip': 'bytes' }, headers: ['Content-Disposition'] },
];

function page(...types: readonly string[]): readonly Answer[] {
  const content = Object.fromEntries(types.map((type) => [type, 'text'] as const));
  return [
    { status: 200, content, headers: ['ETag'] },
    { status: 304, headers: ['ETag'] },
  ];
}

// prettier-ignore
export const calls: readonly Call[] = [
  { method: 'POST', path: '/start/:run', does: 'starts recording', query: startParameters, answers: json(201, 'StartAnswer'), refusals: startRefusals },
  { method: 'POST', path: '/start', does: 'the same, with the name as a parameter', query: [runParameter, ...startParameters], answers: json(201, 'StartAnswer'), refusals: startRefusals },
  { method: 'POST', path: '/stop', does: 'stops recording and tells the verdict', answers: json(200, 'StopAnswer'), refusals: [[409, 'Nothing is recording, or only in other recorders, which end it.'], [503, 'Other recorders cannot be told.']] },
  { method: 'POST', path: '/marks', does: 'names this moment of the run: {"label": "TEXT"}', query: [labelParameter], body: 'MarkRequest', answers: json(201, 'MarkAnswer'), refusals: [[400, 'No label.'], [409, 'Nothing is recording, or only in other recorders; the run has as many marks as it may have.'], [413, 'The body is too large.']] },
  { method: 'GET', path: '/status', does: 'what is being recorded', answers: json(200, 'StatusAnswer'), refusals: [] },
  { method: 'GET', path: '/daemons', does: 'the targets, connected or not and why', query: [probeParameter], answers: json(200, 'DaemonsAnswer'), refusals: [[400, 'A bad parameter.']] },
  { method: 'GET', path: '/instances', does: 'what is monitored: nodes, their containers and processes', answers: json(200, 'InstancesAnswer'), refusals: [] },
  { method: 'GET', path: '/alive', does: 'tells that the recorder is alive', answers: json(200, 'MessageAnswer'), refusals: [] },
  { method: 'GET', path: '/help', does: 'lists the calls', answers: json(200, 'HelpAnswer'), refusals: [] },
  { method: 'GET', path: '/runs', does: 'lists the runs', answers: json(200, 'RunsAnswer'), refusals: [unreadable] },
  { method: 'GET', path: '/runs/:run', does: 'run.json of a run', answers: json(200, 'RunAnswer'), refusals: [noRun, [409, 'Its run.json is damaged.'], unreadable] },
  { method: 'GET', path: '/runs/:run.tar.gz', does: 'all files of a run', answers: archive, refusals: [noRun, unreadable] },
  { method: 'GET', path: '/runs/:run/:file', does: 'one file of a run; ranges are served', answers: file, refusals: [noRun, [412, 'If-Match or If-Unmodified-Since does not hold.'], [416, 'None of its bytes is in the range.'], unreadable] },
  { method: 'GET', path: '/runs/:run/:shard/:file', does: "one file of a shard's part of a run; ranges are served", answers: file, refusals: [noRun, [412, 'If-Match or If-Unmodified-Since does not hold.'], [416, 'None of its bytes is in the range.'], unreadable] },
  { method: 'DELETE', path: '/runs/:run', does: 'deletes a run', answers: json(200, 'MessageAnswer'), refusals: [noRun, [409, 'It is being recorded; it holds what is no file of a run; it is a mount point.'], [503, 'OUTPUT_DIR cannot be read or written; a shard does not answer.']] },
  { method: 'GET', path: '/events', does: "server-sent events: each tick's result, and the end of a run", answers: media('text/event-stream'), refusals: [] },
  { method: 'GET', path: '/openapi.json', does: 'describes the calls for programs', answers: json(200, 'json'), refusals: [] },
  { method: 'GET', path: '/', does: 'the web page', answers: page('text/html'), refusals: [] },
  { method: 'GET', path: '/page/:part', does: 'what the web page is made of', answers: page('text/javascript', 'text/css', 'image/svg+xml', 'text/plain'), refusals: [[404, 'The page has no such part.']] },
  { method: 'GET', path: '/metrics', does: "the recorder's own metrics", answers: media('text/plain'), refusals: [] },
  { method: 'GET', path: '/healthz', does: 'tells that the recorder runs', answers: json(200, 'MessageAnswer'), refusals: [] },
  { method: 'GET', path: '/readyz', does: 'tells that it can record', answers: json(200, 'MessageAnswer'), refusals: [[503, 'OUTPUT_DIR or the run that is on cannot be written.']] },
];

/** By what stands for them in paths. */
export const pathParameters: Readonly<Record<string, Parameter>> = {
  run: runParameter,
  part: {
    name: 'part',
    does: 'Name of a part of the page.',
    required: true,
    schema: { type: 'string', pattern: '^[^/]+$' },
  },
  file: {
    name: 'file',
    does: 'Name of a file of the run, as run.json lists them.',
    required: true,
    schema: { type: 'string', pattern: '^[^./][^/]*$', maxLength: 255 },
  },
};

export const helpCalls: HelpAnswer['calls'] = calls.map(({ method, path, does, query = [] }) => {
  const parameters = query.map(({ name }) => `${name}=`).join('&');
  return { call: `${method} ${path}${parameters && `?${parameters}`}`, does };
});
