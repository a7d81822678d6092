import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isErrno } from '../../exporter/serve/errno.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import { manifestName } from '../csv/makeFolder.ts';
import type { Manifest } from '../run/manifest.ts';
import { manifestSum, manifestText } from '../csv/manifestText.ts';
import { runNamePattern } from '../control/runNames.ts';
import type { Tell } from './finding.ts';

const natural = z.int().min(0);
const text = z.string();

/** What is compared with the files. */
const verifiable = z.looseObject({
  schemaVersion: z.literal(1),
  run: text.regex(new RegExp(runNamePattern)),
  shard: natural.optional(),
  shards: natural.optional(),
  missingShards: z.array(natural).optional(),
  state: z.enum(['recording', 'stopped', 'interrupted']),
  settings: z.looseObject({ intervalSeconds: z.number().positive(), forSeconds: z.number().optional() }),
  daemons: z.array(z.looseObject({ name: text, node: text, role: z.enum(['daemon', 'further', 'unknown']) })),
  expected: z.looseObject({ count: z.number(), reason: text }),
  start: z.iso.datetime(),
  stop: z.iso.datetime().optional(),
  ticks: z.looseObject({
    planned: natural,
    done: natural,
    dropped: natural,
    first: text.optional(),
    last: text.optional(),
  }),
  interruptions: z.array(z.looseObject({ from: text, to: text, ticks: natural })),
  coverage: z.array(
    z.looseObject({
      target: text,
      node: text,
      planned: natural,
      covered: natural,
      late: natural,
      missed: natural,
      share: z.number().optional(),
    }),
  ),
  alignment: z.looseObject({ answers: natural }),
  clocks: z.array(
    z.looseObject({
      target: text,
      errorSeconds: z.number(),
      farthest: z.looseObject({ offsetSeconds: z.number(), errorSeconds: z.number() }),
    }),
  ),
  events: z.record(text, natural),
  files: z.array(
    z.looseObject({
      name: text.regex(/^[\w-]+\.csv$/),
      bytes: natural,
      rows: natural,
      sha256: text.optional(),
      columns: z.array(z.looseObject({ name: text, dtype: text })).min(1),
    }),
  ),
  marks: z.array(z.looseObject({ timestamp: text, label: text })),
  verdict: z.looseObject({ verdict: text, reasons: z.array(text) }),
  sha256: text.optional(),
});

/** Why what is said to be a run.json is none that can be worked with: words for after "its run.json". */
export function problemOf(manifest: unknown): string | undefined {
  const [issue] = verifiable.safeParse(manifest).error?.issues ?? [];
  return issue && `is not that of a run: ${issue.path.join('.')}: ${issue.message}`;
}

/** run.json of a folder; undefined: there is none that can be compared with anything, and that is told. */
export async function readRunRecord(folder: string, tell: Tell): Promise<Manifest | undefined> {
  const damaged = (sentence: string): undefined => {
    tell({ file: manifestName, severity: 'damage', sentence });
  };
  let json: string;
  let parsed: unknown;
  try {
    json = await readFile(join(folder, manifestName), 'utf8');
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) return damaged(`cannot be read: ${messageOf(error)}`);
    return damaged('is missing: what the run was to be is not known, only what its journal tells');
  }
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    return damaged(`is no JSON: ${messageOf(error)}`);
  }
  const problem = problemOf(parsed);
  if (problem !== undefined) return damaged(problem);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the shape was checked
  const manifest = parsed as Manifest;
  if (manifest.sha256 === undefined) {
    const sentence = 'has no sum of itself: what no file tells, such as labels and settings, is not verified';
    tell({ file: manifestName, severity: 'note', sentence });
  } else if (manifestSum(manifest) !== manifest.sha256) {
    damaged('says other things than the recorder wrote (SHA-256 of all but sha256)');
  } else if (manifestText(manifest) !== json) {
    const sentence = 'says what the recorder wrote, but in another layout: somebody has saved it anew';
    tell({ file: manifestName, severity: 'note', sentence });
  }
  return manifest;
}
