import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { manifestName } from '../csv/makeFolder.ts';
import type { Manifest } from '../run/manifest.ts';

/** What must be right in a run.json for the folder to count as a run. */
const runShape = z.looseObject({
  schemaVersion: z.literal(1),
  run: z.string(),
  state: z.enum(['recording', 'stopped', 'interrupted']),
  start: z.string(),
  ticks: z.looseObject({ done: z.number() }),
  files: z.array(z.looseObject({ name: z.string(), bytes: z.number() })),
  verdict: z.looseObject({
    verdict: z.enum(['valid', 'degraded', 'inconclusive']),
    reasons: z.array(z.string()),
  }),
});

/** What must be right besides for a recorder to go on with the run. */
const resumableShape = z.looseObject({
  start: z.iso.datetime(),
  stop: z.iso.datetime().optional(),
  labels: z.record(z.string(), z.string()),
  recorder: z.looseObject({ host: z.string(), version: z.string() }),
  settings: z.looseObject({
    intervalSeconds: z.number().positive(),
    timeoutSeconds: z.number().positive(),
    leadSeconds: z.number().min(0),
    forSeconds: z.number().positive().optional(),
    bodySizeLimit: z.number().positive(),
  }),
  daemons: z.array(
    z.looseObject({ name: z.string(), node: z.string(), role: z.enum(['daemon', 'further', 'unknown']) }),
  ),
  expected: z.looseObject({ count: z.number(), reason: z.string() }),
});

/** run.json of a run's folder, as it stands there; undefined: there is none, or it is none. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    const parsed: unknown = JSON.parse(await readFile(join(folder, manifestName), 'utf8'));
    runShape.parse(parsed);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by this program; the shape was checked
    return parsed as Manifest;
  } catch {
    return undefined;
  }
}

export function isResumable(manifest: Manifest): boolean {
  return resumableShape.safeParse(manifest).success;
}
