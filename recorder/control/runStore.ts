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
      const file = await folder.file(manifestName);
      const manifest = file && (await closing(file, parseManifest));
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
    const version = await versionOf(join(outputDir, run, manifestName));
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
      await removeRun(outputDir, run, await closing(folder, folder.names));
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

async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await lstat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return undefined;
  }
}

/** The folder's name counts: a folder may have been renamed. */
function summarize(run: string, manifest: Manifest): Pick<Known, 'summary' | 'fault'> {
  const { state, start, stop, verdict } = manifest;
  const { ticks, bytes, coverage, alignmentP99Seconds } = runFigures(manifest);
  const summary: RunSummary = {
    run,
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

/** Nothing but the files of a run is deleted, and no folder is gone into: it may be a mount. */
async function removeRun(outputDir: string, run: string, names: readonly string[]): Promise<void> {
  const foreign = names.find((name) => !isFileOfRun(name));
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
    for (const name of names) await rm(join(doomed, name), { force: true });
    await rmdir(doomed);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) throw new Refusal(404, `There is no run "${run}" any more.`);
    if (isErrno(error, 'EBUSY')) {
      throw new Refusal(409, `Run ${run} is a mount point: unmount it, and delete what it showed.`);
    }
    throw new Refusal(503, `Run ${run} cannot be deleted: ${messageOf(error)}.`);
  }
}
