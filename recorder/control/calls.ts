import type { HelpAnswer } from '../api.ts';

/** A call of the control API. /help, /openapi.json and the page at / are made of these. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Parts that begin with a colon stand for a value. */
  readonly path: string;
  readonly does: string;
  readonly query?: readonly Parameter[];
  readonly status: 200 | 201;
  /** Absent: JSON. */
  readonly mediaType?: string;
  /** What it may be refused with, besides 401 and 403. */
  readonly refusals: readonly (readonly [status: number, why: string])[];
}

export interface Parameter {
  readonly name: string;
  readonly does: string;
}

const noRun = [404, 'There is no such run.'] as const;

const startParameters: readonly Parameter[] = [
  { name: 'interval', does: 'Seconds between ticks, fractions allowed, at least 0.1.' },
  { name: 'for', does: 'How long: 90, 90s, 10m or 1h. Absent: until it is stopped.' },
  { name: 'label.KEY', does: 'A label that is kept in run.json.' },
];

const startRefusals: Call['refusals'] = [
  [400, 'A bad name or parameter.'],
  [409, 'Already recording; the run exists; fewer daemons are connected than NUM_DAEMONS.'],
  [503, 'OUTPUT_DIR cannot be written, or the recorder is ending.'],
  [507, 'Less free space than MIN_FREE_BYTES.'],
];

// prettier-ignore
export const calls: readonly Call[] = [
  { method: 'POST', path: '/start/:run', does: 'starts recording', query: startParameters, status: 201, refusals: startRefusals },
  { method: 'POST', path: '/start', does: 'the same, with the name as a parameter', query: [{ name: 'run', does: 'Name of the run.' }, ...startParameters], status: 201, refusals: startRefusals },
  { method: 'POST', path: '/stop', does: 'stops recording and tells the verdict', status: 200, refusals: [[409, 'Nothing is recording.']] },
  { method: 'POST', path: '/marks', does: 'names this moment of the run: {"label": "TEXT"}', query: [{ name: 'label', does: 'In place of a body.' }], status: 201, refusals: [[400, 'No label.'], [409, 'Nothing is recording.'], [413, 'The body is too large.']] },
  { method: 'GET', path: '/status', does: 'what is being recorded', status: 200, refusals: [] },
  { method: 'GET', path: '/daemons', does: 'the targets, connected or not and why', status: 200, refusals: [] },
  { method: 'GET', path: '/instances', does: 'what is monitored: nodes, their containers and processes', status: 200, refusals: [] },
  { method: 'GET', path: '/alive', does: 'tells that the recorder is alive', status: 200, refusals: [] },
  { method: 'GET', path: '/help', does: 'lists the calls', status: 200, refusals: [] },
  { method: 'GET', path: '/runs', does: 'lists the runs', status: 200, refusals: [] },
  { method: 'GET', path: '/runs/:run', does: 'run.json of a run', status: 200, refusals: [noRun] },
  { method: 'GET', path: '/runs/:run.tar.gz', does: 'all files of a run', status: 200, mediaType: 'application/gzip', refusals: [noRun] },
  { method: 'GET', path: '/runs/:run/:file', does: 'one file of a run; ranges are served', status: 200, mediaType: 'text/csv', refusals: [noRun, [416, 'The range lies behind the end of the file.']] },
  { method: 'DELETE', path: '/runs/:run', does: 'deletes a run', status: 200, refusals: [noRun, [409, 'It is being recorded.']] },
  { method: 'GET', path: '/events', does: "server-sent events: each tick's result, and the end of a run", status: 200, mediaType: 'text/event-stream', refusals: [] },
  { method: 'GET', path: '/openapi.json', does: 'describes the calls for programs', status: 200, refusals: [] },
  { method: 'GET', path: '/', does: 'a page with the calls', status: 200, mediaType: 'text/html', refusals: [] },
  { method: 'GET', path: '/metrics', does: "the recorder's own metrics", status: 200, mediaType: 'text/plain', refusals: [] },
  { method: 'GET', path: '/healthz', does: 'tells that the recorder runs', status: 200, refusals: [] },
  { method: 'GET', path: '/readyz', does: 'tells that it can record', status: 200, refusals: [[503, 'OUTPUT_DIR or the run that is on cannot be written.']] },
];

export const helpCalls: HelpAnswer['calls'] = calls.map(({ method, path, does, query = [] }) => {
  const parameters = query.map(({ name }) => `${name}=`).join('&');
  return { call: `${method} ${path}${parameters && `?${parameters}`}`, does };
});
