import { lstat, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../../exporter/serve/errno.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import type { RunSummary } from '../api.ts';
import { runSummary } from '../apiSchema.ts';
import { manifestName } from '../csv/makeFolder.ts';
import { temporaryFolderName } from '../csv/temporaryFolders.ts';
import { Refusal } from '../refusal.ts';
import type { Manifest } from '../run/manifest.ts';
import { partsOfNewest } from '../shards/oneRun.ts';
import { isPart, type PartManifest } from '../shards/partManifest.ts';
import { partFolders } from '../shards/partFolders.ts';
import { mergeManifests } from '../shards/mergeManifests.ts';
import { shardOfFolder } from '../shards/runFolderName.ts';
import { closing, type OpenFolder, openFolder } from './openFolder.ts';
import { faultOf, parseManifest } from './readManifest.ts';
import { runFigures } from './runFigures.ts';
import { isFileOfRun } from './runFileNames.ts';
import { isRunName } from './runNames.ts';

/** The run folders of OUTPUT_DIR. Whoever can write there may have put anything in it. */
export interface RunStore {
  list(): Promise<RunList>;
  /** @throws Refusal (404) when there is no such run. */
  read(run: string): Promise<Manifest>;
  /** To be closed by the caller. @throws as `read`. */
  open(run: string): Promise<OpenRun>;
  /** @throws Refusal when there is no such run (404), or it is more than a run (409). */
  remove(run: string): Promise<void>;
}

export interface OpenRun {
  readonly folder: OpenFolder;
  readonly manifest: Manifest;
}

export interface RunList {
  /** In the order of their starts. */
  readonly runs: readonly RunSummary[];
  /** Of what could not be read: sentences. */
  readonly failures: readonly string[];
}

/** @param recording the run that is on, whose run.json may say `recording`; any other's then lies. */
export function createRunStore(outputDir: string, recording: () => string | undefined): RunStore {
  /** What run.json said when it was last read, by run and as long as it is the same file. */
  let known = new Map<string, Known>();

  async function open(run: string): Promise<OpenRun> {
    const found = isRunName(run) ? await tryOpen(run).catch(refuseToRead(`Run ${run}`)) : undefined;
    if (found === undefined) throw new Refusal(404, `There is no run "${run}": GET /runs lists them.`);
    const { folder, manifest } = found;
    return { folder, manifest: { ...manifest, state: stateOf(run, manifest.state) } };
  }

  async function tryOpen(run: string): Promise<OpenRun | undefined> {
    const folder = await openFolder(join(outputDir, run));
    if (folder === undefined) return undefined;
    try {
      const manifest = (await manifestIn(folder)) ?? (await manifestOfParts(folder));
      if (manifest !== undefined) return { folder, manifest };
    } catch (error) {
      await folder.close();
      throw error;
    }
    await folder.close();
    return undefined;
  }

  function stateOf(run: string, said: Manifest['state']): Manifest['state'] {
    return said === 'recording' && recording() !== run ? 'interrupted' : said;
  }

  /** Undefined: it is no run. */
  async function look(run: string): Promise<Known> {
    const version = await versionsOf(join(outputDir, run));
    const before = known.get(run);
    if (version !== undefined && before?.version === version) return before;
    const opened = await tryOpen(run);
    await opened?.folder.close();
    return { version, ...(opened && summarize(run, opened.manifest)) };
  }

  return {
    open,
    read: async (run) => {
      const { folder, manifest } = await open(run);
      await folder.close();
      return manifest;
    },
    list: async () => {
      const entries = await readdir(outputDir, { withFileTypes: true }).catch(refuseToRead('OUTPUT_DIR'));
      const names = entries.filter((entry) => entry.isDirectory() && isRunName(entry.name));
      const seen = new Map<string, Known>();
      const failures: string[] = [];
      // One after the other: what somebody has put there is not to fill the memory.
      for (const { name } of names) {
        try {
          const found = await look(name);
          seen.set(name, found);
          if (found.fault !== undefined)
            failures.push(`The run.json of ${name} is damaged (${found.fault}).`);
        } catch (error) {
          failures.push(`${name} cannot be read: ${messageOf(error)}.`);
        }
      }
      known = seen;
      const runs = Array.from(seen.values(), ({ summary }) => summary)
        .filter((summary) => summary !== undefined)
        .map((summary) => ({ ...summary, state: stateOf(summary.run, summary.state) }))
        .toSorted((a, b) => a.start.localeCompare(b.start));
      return { runs, failures };
    },
    remove: async (run) => {
      const { folder } = await open(run);
      await removeRun(outputDir, run, await closing(folder, namesBelow));
    },
  };
}

interface Known {
  /** Tells one run.json from another; undefined: it cannot be told. */
  readonly version: string | undefined;
  /** Neither: it is none of a run. */
  readonly summary?: RunSummary;
  /** What is wrong with it. */
  readonly fault?: string;
}

async function versionsOf(folder: string): Promise<string | undefined> {
  const parts = await partFolders(folder);
  if (parts.length === 0) return versionOf(join(folder, manifestName));
  const versions = await Promise.all(parts.map(({ path }) => versionOf(join(path, manifestName))));
  return versions.some((version) => version === undefined) ? undefined : versions.join(', ');
}

async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await lstat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return undefined;
  }
}

async function manifestIn(folder: OpenFolder): Promise<Manifest | undefined> {
  const file = await folder.file(manifestName);
  return file && (await closing(file, parseManifest));
}

/** Of one part, which most often is all that lies here, its own; of several what they tell together. */
async function manifestOfParts(folder: OpenFolder): Promise<Manifest | undefined> {
  const found: PartManifest[] = [];
  for (const name of await folder.names()) {
    const shard = shardOfFolder(name);
    const part = shard === undefined ? undefined : await folder.folder(name);
    const manifest = part && (await closing(part, manifestIn));
    if (manifest !== undefined && isPart(manifest) && manifest.shard === shard) found.push(manifest);
  }
  const [first, ...others] = partsOfNewest(found).toSorted((a, b) => a.shard - b.shard);
  return first === undefined || others.length === 0 ? first : mergeManifests([first, ...others]);
}

/** The folder's name counts: a folder may have been renamed. */
function summarize(run: string, manifest: Manifest): Pick<Known, 'summary' | 'fault'> {
  const { shard, shards, missingShards, state, start, stop, verdict } = manifest;
  const { ticks, bytes, coverage, alignmentP99Seconds } = runFigures(manifest);
  const summary: RunSummary = {
    run,
    ...(shard !== undefined && { shard }),
    ...(shards !== undefined && { shards }),
    ...(missingShards !== undefined && { missingShards }),
    state,
    start,
    ...(stop !== undefined && { stop }),
    ticks: ticks.done,
    bytes,
    ...(coverage !== undefined && { coverage }),
    ...(alignmentP99Seconds !== undefined && { alignmentP99Seconds }),
    ...(state === 'stopped' && { verdict: verdict.verdict }),
  };
  const { error } = runSummary.safeParse(summary);
  return error === undefined ? { summary } : { fault: faultOf(error) };
}

function refuseToRead(what: string): (error: unknown) => never {
  return (error) => {
    throw new Refusal(503, `${what} cannot be read: ${messageOf(error)}.`);
  };
}

/** Of a run of parts those in their folders, too, as `shard=0/run.json`. */
async function namesBelow(folder: OpenFolder): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await folder.names()) {
    const part = shardOfFolder(name) === undefined ? undefined : await folder.folder(name);
    if (part === undefined) found.push(name);
    else found.push(...(await closing(part, part.names)).map((each) => `${name}/${each}`), `${name}/`);
  }
  return found;
}

/** A part's folder is `shard=0/`. */
function isOfRun(name: string): boolean {
  return name.endsWith('/') || isFileOfRun(name.slice(name.indexOf('/') + 1));
}

/** Nothing but the files of a run and the folders of its parts is deleted; no other is gone into: it may be a mount. */
async function removeRun(outputDir: string, run: string, names: readonly string[]): Promise<void> {
  const foreign = names.find((name) => !isOfRun(name));
  if (foreign !== undefined) {
    throw new Refusal(
      409,
      `Run ${run} also holds "${foreign}", which is no file of a run: move it away first.`,
    );
  }
  // From one moment to the next it is no run any more, whatever else is done under its name.
  const doomed = join(outputDir, temporaryFolderName(run));
  try {
    await rename(join(outputDir, run), doomed);
    for (const name of names) {
      if (name.endsWith('/')) await rmdir(join(doomed, name));
      else await rm(join(doomed, name), { force: true });
    }
    await rmdir(doomed);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) throw new Refusal(404, `There is no run "${run}" any more.`);
    if (isErrno(error, 'EBUSY')) {
      throw new Refusal(409, `Run ${run} is a mount point: unmount it, and delete what it showed.`);
    }
    throw new Refusal(503, `Run ${run} cannot be deleted: ${messageOf(error)}.`);
  }
}
