import { z } from 'zod';
import { count, eachOf, textByKey, time } from '../schema.ts';

/*
 * run.json. The types in manifest.ts and the schema in /openapi.json are made of these: change this file,
 * then `npm run metrics`. A description is what both say of a key.
 */

export const verdict = z
  .object({
    verdict: z.enum(['valid', 'degraded', 'inconclusive']),
    reasons: eachOf(z.string()).describe('Sentences; none when valid.'),
    thresholds: z
      .object({
        coverage: z
          .number()
          .describe(
            'Share of the ticks on which every expected daemon must be covered, or the run is inconclusive.',
          ),
        alignmentShareOfInterval: z.number().describe('Alignment p99, as a share of the interval.'),
        clockOffsetSeconds: z
          .number()
          .describe(
            'Seconds that a clock may be off beyond the error of its measurement, and that this error may be.',
          ),
      })
      .meta({ id: 'Thresholds' }),
  })
  .meta({
    id: 'Verdict',
    description: 'What a run is worth, with the reasons and the thresholds they were judged by.',
  });

const runSettings = z
  .object({
    intervalSeconds: z.number(),
    timeoutSeconds: z.number(),
    leadSeconds: z.number().describe('Requests are sent so long before the tick.'),
    forSeconds: z.number().optional(),
    firstTick: time
      .optional()
      .describe('The first tick, where recorders have agreed on it; absent: the next that could be reached.'),
    numDaemons: count,
    bodySizeLimit: z.number(),
    sampleLimit: count,
  })
  .meta({ id: 'RunSettings' });

const machineFacts = {
  kernel: z.string().optional(),
  cpus: z.number().optional(),
  memoryBytes: z.number().optional(),
  cgroupVersion: z.string().optional(),
  exporterVersion: z.string().optional(),
};

export const daemonDescription = z
  .object({
    name: z.string(),
    node: z.string(),
    pod: z.string().optional().describe('Its Kubernetes pod, as namespace/name, where that is known.'),
    address: z.string().describe('host:port'),
    order: z
      .string()
      .optional()
      .describe('Of one of several shards: targets of all shards sorted by it are as one recorder has them.'),
    role: z
      .enum(['daemon', 'further', 'unknown'])
      .describe('A kubemon exporter is a daemon; unknown until it has answered once.'),
    ...machineFacts,
  })
  .meta({
    id: 'DaemonDescription',
    description: 'A target that is or was scraped. What its exporter did not tell is absent.',
  });

export const tickCounts = z
  .object({
    planned: count.describe(
      'Multiples of the interval from the first to the stop (or now): each is done or dropped.',
    ),
    done: count,
    dropped: count,
    first: time.optional(),
    last: time.optional(),
  })
  .meta({ id: 'TickCounts' });

const interruption = z
  .object({
    from: time.describe("The last tick before it; the run's start where there was none."),
    to: time.describe("The first tick after it; the run's stop where there was none."),
    ticks: count.describe('Between them, and lost: they count as dropped.'),
  })
  .meta({
    id: 'Interruption',
    description: 'The recorder ended during the run, and the run went on when it was started again.',
  });

const targetCoverage = z
  .object({
    target: z.string(),
    node: z.string(),
    planned: count.describe('Ticks of the run.'),
    covered: count,
    late: count.describe('Not answered by the deadline.'),
    missed: count.describe('Failed in any other way.'),
    share: z.number().optional().describe('covered / planned; absent when no tick was planned.'),
  })
  .meta({ id: 'TargetCoverage', description: 'How often a target was asked and what came of it.' });

const alignment = z
  .object({
    answers: count,
    p50Seconds: z.number().optional().describe('Absent without such an answer.'),
    p99Seconds: z.number().optional(),
    maxSeconds: z.number().optional(),
    errorSeconds: z
      .number()
      .optional()
      .describe('The largest error of the clock measurements that these numbers rest on.'),
  })
  .meta({
    id: 'Alignment',
    description:
      "|skew - clock offset| over all answers that tell both, in seconds: skew is by the exporter's clock, and what its clock is ahead has to be taken off to have the moment by the recorder's.",
  });

const clockMeasurement = z
  .object({
    target: z.string(),
    offsetSeconds: z.number().describe('Of the most exact measurement.'),
    errorSeconds: z.number(),
    farthest: z
      .object({ offsetSeconds: z.number(), errorSeconds: z.number() })
      .describe(
        'The measurement that proves the clock farthest off: that with the largest |offset| - error.',
      ),
  })
  .meta({
    id: 'ClockMeasurement',
    description: "How far a daemon's clock was from the recorder's over the run, in seconds.",
  });

const column = z
  .object({
    name: z.string(),
    dtype: z
      .enum(['string', 'Int64', 'float64', 'timestamp'])
      .describe(
        'As pandas names it; `Int64` is its integer that may be absent. A `timestamp` is ISO 8601 in UTC with milliseconds, for parse_dates.',
      ),
    kind: z
      .enum(['time', 'label', 'counter', 'gauge', 'text'])
      .describe('`text` describes, a `label` identifies.'),
    unit: z
      .enum(['seconds', 'bytes', 'cores'])
      .optional()
      .describe('Base unit; a column without one counts or has none.'),
    help: z.string(),
  })
  .meta({ id: 'Column' });

const manifestFile = z
  .object({
    name: z.string(),
    help: z.string(),
    bytes: count,
    rows: count,
    sha256: z.string().optional().describe('Of a run that is stopped.'),
    columns: eachOf(column),
  })
  .meta({ id: 'ManifestFile' });

const eventCounts = z.object({
  container_born: count.optional(),
  container_died: count.optional(),
  process_born: count.optional(),
  process_died: count.optional(),
  daemon_joined: count.optional(),
  daemon_left: count.optional(),
  reset: count.optional(),
  went_back: count.optional(),
  gap: count.optional(),
  clock_step: count.optional(),
  tick_dropped: count.optional(),
  limit_hit: count.optional(),
});

export const manifest = z
  .object({
    schemaVersion: z.literal(1),
    run: z.string(),
    shard: count
      .optional()
      .describe('Which of `shards` recorders has recorded this, from 0; absent where it is the whole run.'),
    shards: count
      .optional()
      .describe('How many recorders have recorded the run, each its own daemons; absent: one.'),
    parts: eachOf(count)
      .optional()
      .describe(
        'Of an answer: the shards whose parts it is put together from; their files lie in folders of their own.',
      ),
    missingShards: eachOf(count)
      .optional()
      .describe('Of a run that was merged: those whose part was not there.'),
    state: z
      .enum(['recording', 'stopped', 'interrupted'])
      .describe('`interrupted`: the recorder ended without stopping the run, and none went on with it.'),
    start: time,
    stop: time
      .optional()
      .describe('When the run was stopped. While it says `recording`, it is being stopped.'),
    labels: textByKey,
    verdict: verdict.describe('While recording: as it would be now.'),
    recorder: z.object({ host: z.string(), version: z.string() }),
    settings: runSettings,
    expected: z
      .object({ count, reason: z.string() })
      .describe('How many daemons there ought to be, and how that is known: words for after "expected".'),
    daemons: eachOf(daemonDescription).describe('Every target that the run has scraped.'),
    ticks: tickCounts,
    interruptions: eachOf(interruption),
    coverage: eachOf(targetCoverage),
    alignment,
    clocks: eachOf(clockMeasurement),
    events: eventCounts.describe('Only kinds that happened.'),
    marks: eachOf(z.object({ timestamp: time, label: z.string() })).describe(
      'The first 10,000 marks, or fewer where they are long; all of them are in marks.csv.',
    ),
    files: eachOf(manifestFile),
    sha256: z
      .string()
      .optional()
      .describe('In the file: of all else that it says, as JSON without white space.'),
  })
  .meta({
    id: 'Manifest',
    description: 'run.json: all that is needed to read and to judge the folder it lies in.',
  });
