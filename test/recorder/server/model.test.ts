import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { version } from '../../../exporter/serve/version.ts';
import { openApi } from '../../../recorder/server/openApi.ts';
import { closeAfterEach } from '../run/closing.ts';
import { kubemon, loopbackExporter, machine } from '../run/loopbackExporter.ts';
import { loopbackRecorder } from '../run/loopbackRecorder.ts';
import { expected, explains, type Model, parseCall } from './controlModel.ts';
import { type Described, describedBy } from './described.ts';
import { type RawAnswer, rawCall } from './rawCall.ts';

const later = closeAfterEach();
let described: Described;

beforeAll(() => {
  described = describedBy(openApi(version));
});

/** A recorder and a way to call it, each answer of which is as /openapi.json says. */
async function recorder() {
  const exporter = await loopbackExporter(kubemon(machine('one')));
  later(exporter.close);
  const { url, control, close } = await loopbackRecorder({ one: exporter.url });
  later(close);
  async function call(text: string): Promise<RawAnswer> {
    const { method, path, body, range } = parseCall(text);
    const answer = await rawCall(url, method, path, {
      ...(range !== undefined && { headers: { range } }),
      ...(body !== undefined && { body }),
    });
    expect([text, described(method, path, answer)]).toEqual([text, undefined]);
    return answer;
  }
  async function state(): Promise<Model> {
    const on = control.current();
    const { runs } = await control.runs();
    return { ...(on !== undefined && { on }), runs: runs.map(({ run }) => run) };
  }
  async function clear(): Promise<void> {
    if (control.current() !== undefined) await control.stop();
    for (const { run } of (await control.runs()).runs) await control.remove(run);
  }
  return { call, state, clear };
}

/** The message of an answer; of one that has none, nothing. */
function sentenceOf({ headers, body = '' }: RawAnswer): string {
  if (body === '' || headers['content-type'] !== 'application/json; charset=utf-8') return '';
  const parsed: unknown = JSON.parse(body);
  return typeof parsed === 'object' && parsed !== null && 'message' in parsed ? String(parsed.message) : '';
}

const run = fc.constantFrom('a', 'b', 'c');
const starts = fc
  .tuple(
    fc.constantFrom('POST /start/%', 'POST /start?run=%'),
    fc.oneof(
      { weight: 4, arbitrary: run },
      fc.constantFrom(
        '..',
        '%2e%2e',
        '.hidden',
        'a%2fb',
        'a%00',
        'a.tar.gz',
        'x'.repeat(200),
        '%F0%9F%92%A5',
        'a%5Cb',
      ),
    ),
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom('interval=0.2', 'interval=0.5&for=1h&label.a=1&label.__proto__=2'),
      },
      fc.constantFrom('interval=0', 'interval=x', 'for=soon', 'intervall=1', 'interval=1&interval=1'),
    ),
  )
  .map(([form, name, query]) => {
    const path = form.replace('%', () => name);
    return `${path}${path.includes('?') ? '&' : '?'}${query}`;
  })
  // What stands for the folder above is no segment of a path: /start/.. is /.
  .filter((call) => !/\/(\.\.|%2e%2e)\?/.test(call));
const marks = fc.constantFrom(
  'POST /marks?label=x',
  'POST /marks?label=',
  'POST /marks {"label":"load on"}',
  'POST /marks {"label":""}',
  'POST /marks {"label":1}',
  'POST /marks {"__proto__":{"label":"x"}}',
  'POST /marks no JSON',
  'POST /marks',
  `POST /marks "${'x'.repeat(20_000)}"`,
);
const runCalls = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: run },
      fc.constantFrom('none', '%2e%2e', 'a%2f..%2fb', 'A', 'a%00', '%5C', '__proto__'),
    ),
    fc.constantFrom(
      'GET /runs/%',
      'HEAD /runs/%',
      'GET /runs/%.tar.gz',
      'HEAD /runs/%.tar.gz',
      'DELETE /runs/%',
      'PUT /runs/%',
      'GET /runs/%/run.json',
      'HEAD /runs/%/run.json',
      'GET /runs/%/marks.csv bytes=0-3',
      'GET /runs/%/marks.csv bytes=99999999-',
      'GET /runs/%/marks.csv bytes=0-0,2-2,4-4',
      'GET /runs/%/marks.csv bytes=3-1',
      'GET /runs/%/.resume.jsonl',
      'GET /runs/%/%2e%2e%2fb%2frun.json',
      'GET /runs/%/%00',
      'OPTIONS /runs/%',
    ),
  )
  .map(([name, form]) => form.replace('%', () => name));
const looks = fc.constantFrom(
  ...[
    '',
    'status',
    'daemons',
    'instances',
    'alive',
    'help',
    'runs',
    'events',
    'openapi.json',
    'metrics',
    'healthz',
    'readyz',
  ].map((path) => `GET /${path}`),
  'HEAD /status',
  'HEAD /',
  'OPTIONS /status',
  'OPTIONS /stop',
);
const wrongs = fc.constantFrom(
  'GET /start/a',
  'GET /stop',
  'PUT /status',
  'DELETE /marks',
  'PATCH /runs',
  'GET /nothing',
  'POST /',
  'GET /runs/a/b/c/d',
  'GET /Status',
  'DELETE /runs',
);
const calls = fc.oneof(
  { weight: 4, arbitrary: starts },
  { weight: 3, arbitrary: fc.constant('POST /stop') },
  { weight: 2, arbitrary: marks },
  { weight: 5, arbitrary: runCalls },
  looks,
  wrongs,
);

test('calls one after the other are answered, and change what is recorded, as the model says', async () => {
  const { call, state, clear } = await recorder();
  await fc.assert(
    fc.asyncProperty(fc.array(calls, { minLength: 1, maxLength: 15 }), async (sequence) => {
      await clear();
      let model: Model = { runs: [] };
      for (const text of sequence) {
        const { status, message = /^/, next } = expected(model, parseCall(text));
        const isSilent = text.startsWith('HEAD');
        const answer = await call(text);
        expect([text, answer.status]).toEqual([text, status]);
        expect([text, sentenceOf(answer)]).toEqual([text, expect.stringMatching(isSilent ? /^$/ : message)]);
        model = next;
        const now = await state();
        expect([text, { ...now, runs: now.runs.toSorted() }]).toEqual([
          text,
          { ...model, runs: model.runs.toSorted() },
        ]);
      }
    }),
    { numRuns: 30 },
  );
}, 120_000);

test('calls at once are answered, and change what is recorded, as if they had come in some order', async () => {
  const { call, state, clear } = await recorder();
  const atOnce = fc.oneof(
    { weight: 3, arbitrary: run.map((name) => `POST /start/${name}?interval=0.2`) },
    { weight: 2, arbitrary: fc.constant('POST /stop') },
    { weight: 2, arbitrary: run.map((name) => `DELETE /runs/${name}`) },
    run.map((name) => `GET /runs/${name}.tar.gz`),
    run.map((name) => `GET /runs/${name}/run.json`),
    run.map((name) => `GET /runs/${name}`),
    fc.constantFrom('POST /marks?label=x', 'GET /status', 'GET /runs'),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(atOnce, { minLength: 1, maxLength: 4 }), { maxLength: 5 }),
      async (steps) => {
        await clear();
        let model: Model = { runs: [] };
        for (const step of steps) {
          const answered = await Promise.all(
            step.map(async (text) => ({ call: parseCall(text), status: (await call(text)).status })),
          );
          const after = await state();
          const told = answered.map(({ status }, index) => `${step[index] ?? ''}: ${status}`);
          expect({ before: model, told, after, isExplained: explains(model, answered, after) }).toMatchObject(
            {
              isExplained: true,
            },
          );
          model = after;
        }
      },
    ),
    { numRuns: 30, examples: [[[['POST /start/a'], ['POST /stop'], ['POST /start/a', 'DELETE /runs/a']]]] },
  );
}, 120_000);
