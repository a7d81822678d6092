import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SyncError } from '../csv/folder.ts';
import { isErrno } from '../../exporter/serve/errno.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import type { StatusAnswer } from '../api.ts';
import { Refusal } from '../refusal.ts';
import { sentences } from './lookAnswers.ts';

/** @throws Refusal (503) when OUTPUT_DIR is gone or read-only. */
export async function requireWritable(outputDir: string): Promise<void> {
  try {
    await access(outputDir, constants.W_OK);
  } catch (error) {
    throw new Refusal(503, `OUTPUT_DIR cannot be written: ${messageOf(error)}. ${remedy(error)}`);
  }
}

/** A sentence. */
function remedy(error: unknown): string {
  if (isErrno(error, 'ENOENT')) return 'Make the folder.';
  if (isErrno(error, 'EROFS')) return 'Mount it so that it can be written.';
  if (!isErrno(error, 'EACCES', 'EPERM')) return 'Set OUTPUT_DIR to a folder that can be written.';
  const uid = process.getuid?.();
  const user = uid === undefined ? '' : ` (uid ${uid})`;
  return `Let the user that the recorder runs as${user} write there: in a pod by its fsGroup or the owner of the volume.`;
}

/** Milliseconds that a volume has to tell its room: one whose server is away never does. */
const patience = 1_000;

/** Of the file system of OUTPUT_DIR, for this user; undefined where that cannot be told. */
export async function freeBytes(outputDir: string): Promise<number | undefined> {
  const known = statfs(outputDir).then(({ bavail, bsize }) => bavail * bsize);
  const late = sleep(patience, undefined, { ref: false });
  return Promise.race([known, late]).catch(() => undefined);
}

/** @throws Refusal (507) when the file system of OUTPUT_DIR has fewer free bytes than that. */
export async function requireSpace(outputDir: string, minFreeBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(outputDir);
  const free = bavail * bsize;
  if (free >= minFreeBytes) return;
  throw new Refusal(
    507,
    `Only ${mebibytes(free)} are free in ${outputDir}, and MIN_FREE_BYTES asks for ${mebibytes(minFreeBytes)}: ` +
      'delete runs or set OUTPUT_DIR to a larger disk.',
  );
}

/** @throws Refusal (503) while the run that is on cannot be written. */
export function requireWritten({ recording }: Pick<StatusAnswer, 'recording'>): void {
  if (recording?.problems === undefined) return;
  throw new Refusal(503, [`Run ${recording.run} is on.`, ...sentences(recording.problems)].join(' '));
}

/** Why a run's folder could not be made, where the disk is to blame. */
export function diskRefusal(error: unknown): Refusal | undefined {
  const message = `The folder of the run could not be made: ${messageOf(error)}.`;
  if (isErrno(error, 'ENOSPC', 'EDQUOT')) return new Refusal(507, `${message} Make room.`);
  if (error instanceof SyncError || isErrno(error, 'EIO', 'EROFS', 'EMFILE', 'ENFILE')) {
    return new Refusal(503, message);
  }
  return undefined;
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20)} MiB`;
}
