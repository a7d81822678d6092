import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from './atomic.ts';
import { resumeLogName } from './resumeLog.ts';

/*
 * The moment at which a run was stopped, in milliseconds since the epoch, as the name that its resume log
 * has until run.json tells it: a file can be renamed within its folder where there is no room to write one.
 */
const traceName = /^\.resume\.stopped\.(\d{1,15})\.jsonl$/;

/** @param stop as in run.json. @throws what the file system says. */
export async function leaveStopTrace(path: string, stop: string): Promise<void> {
  if ((await findTrace(path)) !== undefined) return;
  await rename(join(path, resumeLogName), join(path, `.resume.stopped.${Date.parse(stop)}.jsonl`));
  await syncFolder(path);
}

/** When the run was stopped, as in run.json; undefined: there is no trace of that. */
export async function readStopTrace(path: string): Promise<string | undefined> {
  const time = traceName.exec((await findTrace(path)) ?? '')?.[1];
  return time === undefined ? undefined : new Date(Number(time)).toISOString();
}

/** Gives the resume log its name back, if it has another. Only when run.json tells of the stop. */
export async function removeStopTrace(path: string): Promise<void> {
  const name = await findTrace(path);
  if (name !== undefined) await rename(join(path, name), join(path, resumeLogName));
}

async function findTrace(path: string): Promise<string | undefined> {
  return (await readdir(path)).find((name) => traceName.test(name));
}
