import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from './atomic.ts';
import { resumeLogName } from './resumeLog.ts';

/** A run that was stopped, whose run.json does not tell that. */
export interface StopTrace {
  /** When, as in run.json. */
  readonly stop: string;
  /** `failed`: it was stopped since a sync had failed, and its files are not to be written any more. */
  readonly kind: 'stopped' | 'failed';
}

/*
 * It is the name that the run's resume log has until run.json tells it, with the moment in milliseconds
 * since the epoch: a file can be renamed within its folder where there is no room to write one.
 */
export const traceName = /^\.resume\.(stopped|failed)\.(\d{1,15})\.jsonl$/;

/** @throws what the file system says. */
export async function leaveStopTrace(path: string, { stop, kind }: StopTrace): Promise<void> {
  const found = await resumeLogIn(path);
  const name = `.resume.${kind}.${Date.parse(stop)}.jsonl`;
  if (found === name) return;
  await rename(join(path, found), join(path, name));
  await syncFolder(path);
}

/** Undefined: there is no trace of a stop. */
export async function readStopTrace(path: string): Promise<StopTrace | undefined> {
  const [, kind, time] = traceName.exec(await resumeLogIn(path)) ?? [];
  if (kind === undefined) return undefined;
  return { stop: new Date(Number(time)).toISOString(), kind: kind === 'failed' ? kind : 'stopped' };
}

/** Gives the resume log its name back, if it has another. Only when run.json tells of the stop. */
export async function removeStopTrace(path: string): Promise<void> {
  const name = await resumeLogIn(path);
  if (name !== resumeLogName) await rename(join(path, name), join(path, resumeLogName));
}

/** The name that the resume log of a run has now. */
export async function resumeLogIn(path: string): Promise<string> {
  return (await readdir(path)).find((name) => traceName.test(name)) ?? resumeLogName;
}
