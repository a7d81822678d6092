import { z } from 'zod';
import { daemonDescription, manifest, tickCounts, verdict } from './run/manifestSchema.ts';
import { count, eachOf, textByKey, time } from './schema.ts';

/*
 * The answers of the control API. The types in api.ts and the schemas in /openapi.json are made of these:
 * change this file, then `npm run metrics`. A description is what both say of a key.
 */

const message = { message: z.string().describe('A sentence for the person who asked.') };

export const messageAnswer = z
  .object(message)
  .meta({ id: 'MessageAnswer', description: 'Every answer has a sentence for the person who asked.' });

/** By status: what a program tells refusals apart by. */
export const errorCodes = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  412: 'precondition_failed',
  413: 'too_large',
  416: 'range_not_satisfiable',
  500: 'internal',
  503: 'unavailable',
  507: 'insufficient_storage',
} as const;

const errorCode = z.enum(Object.values(errorCodes)).meta({ id: 'ErrorCode' });

export const errorAnswer = z
  .object({ ...message, error: z.object({ code: errorCode, message: z.string() }) })
  .meta({ id: 'ErrorAnswer', description: 'Every answer with a status of 400 or more.' });

const path = z.string().describe("Absolute path of the run's folder on the recorder's machine.");
const interval = z.number().describe('Seconds between ticks.');
const forSeconds = z
  .number()
  .optional()
  .describe('Seconds after which the run stops by itself; absent: it does not.');

export const startRequest = z
  .object({
    run: z.string(),
    interval: z.number().optional().describe('Seconds between ticks; default COLLECT_INTERVAL.'),
    for: forSeconds,
    labels: textByKey.optional(),
  })
  .meta({
    id: 'StartRequest',
    description: "What POST /start is asked: the query's `interval`, `for` and `label.K=V`.",
  });

export const markRequest = z
  .strictObject({ label: z.string().min(1).max(1000) })
  .meta({ id: 'MarkRequest', description: 'The body of POST /marks.' });

export const startAnswer = z
  .object({
    ...message,
    run: z.string(),
    path,
    interval,
    for: forSeconds,
    daemons: count.describe('Daemons connected at the start.'),
  })
  .meta({ id: 'StartAnswer' });

const runFigures = {
  ticks: tickCounts,
  coverage: z
    .number()
    .optional()
    .describe(
      'Share of the ticks on which the target was scraped that was scraped least; absent before the first.',
    ),
  alignmentP99Seconds: z.number().optional().describe('Absent while no answer has told its clock.'),
  rows: count,
  bytes: count,
};

export const figures = z
  .object(runFigures)
  .meta({ id: 'RunFigures', description: 'What a run has come to, in a few figures.' });

const lastingProblem = z
  .object({ message: z.string(), since: time })
  .meta({ id: 'LastingProblem', description: 'Since when something is wrong.' });

const shards = eachOf(
  z
    .object({ shard: count, problem: z.string().optional().describe('Why nothing is known of it.') })
    .meta({ id: 'ShardAsked' }),
)
  .optional()
  .describe('Of several recorders: whose answers these are; absent where there is one.');

const problem = z
  .string()
  .optional()
  .describe('What is to be known of its end besides, as it stands in the message.');

export const stopAnswer = z
  .object({ ...message, run: z.string(), path, verdict, ...runFigures, problem })
  .meta({ id: 'StopAnswer', description: 'GET /runs/:run tells the rest.' });

export const tickResult = z
  .object({
    run: z.string(),
    timestamp: time,
    state: z.enum(['done', 'dropped']),
    reason: z.string().optional().describe('Why it was dropped.'),
    rows: count,
    targets: eachOf(
      z.object({
        target: z.string(),
        up: z.boolean(),
        error: z.string().optional(),
        samples: count.optional(),
        skewSeconds: z.number().optional(),
      }),
    ),
  })
  .meta({
    id: 'TickResult',
    description: 'The result of one tick: the data of the server-sent event `tick`.',
  });

const runStatus = z
  .object({
    run: z.string(),
    path,
    start: time,
    interval,
    for: forSeconds,
    elapsed: z.number().describe('Seconds since the start.'),
    ...runFigures,
    verdict: verdict.describe('What the verdict would say now.'),
    lastTick: tickResult.optional(),
    problems: eachOf(lastingProblem)
      .optional()
      .describe('What keeps it from being written as it should be; absent when all is well.'),
  })
  .meta({ id: 'RunStatus' });

export const statusAnswer = z
  .object({
    ...message,
    shards,
    daemons: z.object({ connected: count, expected: count }),
    discovery: eachOf(lastingProblem).optional().describe('As in GET /daemons.'),
    freeBytes: count
      .optional()
      .describe('Free on the file system of OUTPUT_DIR; absent where that cannot be told.'),
    recording: runStatus.optional().describe('The run that is on.'),
    last: z
      .object({ run: z.string(), path, verdict, problem })
      .optional()
      .describe('The last run that this recorder stopped.'),
  })
  .meta({ id: 'StatusAnswer' });

const daemonStatus = z
  .object({
    ...daemonDescription.shape,
    ready: z
      .boolean()
      .optional()
      .describe('Whether Kubernetes holds it for ready; absent where nobody says.'),
    connected: z.boolean(),
    since: time.describe('Since when it has been connected, or not connected.'),
    error: z.string().optional().describe('Why it is not connected.'),
  })
  .meta({ id: 'DaemonStatus', description: 'A target as the recorder knows it now.' });

export const daemonsAnswer = z
  .object({
    ...message,
    shards,
    connected: count,
    expected: count,
    reason: z.string().describe('How the expected number is known.'),
    discovery: eachOf(lastingProblem)
      .optional()
      .describe('What keeps the recorder from knowing what is there now; absent when all is well.'),
    daemons: eachOf(daemonStatus),
  })
  .meta({ id: 'DaemonsAnswer' });

export const instancesAnswer = z
  .object({
    ...message,
    shards,
    total: count,
    nodes: eachOf(
      z.object({ node: z.string(), target: z.string(), os: count, containers: count, processes: count }),
    ),
  })
  .meta({
    id: 'InstancesAnswer',
    description: 'Monitor instances: a node is one `os`, its containers and its processes.',
  });

export const helpAnswer = z
  .object({ ...message, calls: eachOf(z.object({ call: z.string(), does: z.string() })) })
  .meta({ id: 'HelpAnswer' });

export const runSummary = z
  .object({
    run: z.string(),
    shard: manifest.shape.shard,
    shards: manifest.shape.shards,
    missingShards: manifest.shape.missingShards,
    state: manifest.shape.state,
    start: time,
    stop: time.optional(),
    ticks: count.describe('Those done.'),
    bytes: count,
    coverage: runFigures.coverage,
    alignmentP99Seconds: runFigures.alignmentP99Seconds,
    verdict: verdict.shape.verdict.optional().describe('Of a run that is stopped.'),
  })
  .meta({ id: 'RunSummary' });

export const runsAnswer = z
  .object({
    ...message,
    shards,
    runs: eachOf(runSummary),
    failures: eachOf(z.string())
      .optional()
      .describe('What could not be read, as it stands in the message; absent when all could.'),
  })
  .meta({ id: 'RunsAnswer' });

export const runAnswer = z.object({ ...message, manifest }).meta({ id: 'RunAnswer' });

export const markAnswer = z
  .object({ ...message, mark: z.object({ timestamp: time, label: z.string() }) })
  .meta({ id: 'MarkAnswer' });

/** All that have an id, those of run.json too. */
export const registry = z.globalRegistry;
