import type { FileHandle } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { manifestName } from '../csv/makeFolder.ts';
import type { Manifest } from '../run/manifest.ts';
import { manifest as wholeShape } from '../run/manifestSchema.ts';
import { eachOf, textByKey } from '../schema.ts';
import { parseBounded } from './boundedJson.ts';
import { closing, openFolder } from './openFolder.ts';

/** What must be right in a run.json for the folder to count as a run. */
const runShape = z.looseObject({
  schemaVersion: z.literal(1),
  run: z.string(),
  state: wholeShape.shape.state,
  start: z.string(),
  ticks: z.looseObject({ done: z.number() }),
  files: eachOf(z.looseObject({ name: z.string(), bytes: z.number() })),
  verdict: z.looseObject({
    verdict: wholeShape.shape.verdict.shape.verdict,
    reasons: wholeShape.shape.verdict.shape.reasons,
  }),
});

/** What must be right besides for a recorder to go on with the run. */
const resumableShape = z.looseObject({
  start: z.iso.datetime(),
  stop: z.iso.datetime().optional(),
  labels: textByKey,
  recorder: z.looseObject({ host: z.string(), version: z.string() }),
  settings: z.looseObject({
    intervalSeconds: z.number().positive(),
    timeoutSeconds: z.number().positive(),
    leadSeconds: z.number().min(0),
    forSeconds: z.number().positive().optional(),
    firstTick: z.iso.datetime().optional(),
    numDaemons: z.number().optional(),
    bodySizeLimit: z.number().positive(),
  }),
  daemons: eachOf(
    z.looseObject({ name: z.string(), node: z.string(), role: z.enum(['daemon', 'further', 'unknown']) }),
  ),
  marks: z.array(z.looseObject({ timestamp: z.iso.datetime(), label: z.string() })),
  expected: z.looseObject({ count: z.number(), reason: z.string() }),
});

/** More than the run.json of a cluster of 10,000 nodes has. */
const maxBytes = 16 << 20;

/** run.json of a run's folder, as it stands there; undefined: there is none, or it is none. */
export async function readManifest(path: string): Promise<Manifest | undefined> {
  try {
    const folder = await openFolder(path);
    const file = folder && (await closing(folder, () => folder.file(manifestName)));
    return file && (await closing(file, parseManifest));
  } catch {
    return undefined;
  }
}

/** Of what is more than can be run.json it reads nothing. @returns undefined: it is no run.json. @throws what the file system says. */
export async function parseManifest(file: FileHandle): Promise<Manifest | undefined> {
  const { size } = await file.stat();
  if (size === 0 || size > maxBytes) return undefined;
  const text = await buffer(file.createReadStream({ start: 0, end: size - 1, autoClose: false }));
  try {
    const parsed = parseBounded(text);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by this program; the shape was checked
    return runShape.safeParse(parsed).success ? (parsed as Manifest) : undefined;
  } catch {
    return undefined;
  }
}

/** The manifest with all that it must have and nothing else, or what is wrong with it. */
export function wholeManifest(
  manifest: Manifest,
): { readonly manifest: Manifest } | { readonly fault: string } {
  const { data, error } = wholeShape.safeParse(manifest);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON has no undefined, which zod allows for absent
  return error === undefined ? { manifest: data as Manifest } : { fault: faultOf(error) };
}

/** Which key is wrong, and how. */
export function faultOf({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
}

export function isResumable(manifest: Manifest): boolean {
  return resumableShape.safeParse(manifest).success;
}
