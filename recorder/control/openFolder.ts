import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { isErrno } from '../../exporter/serve/errno.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';

/**
 * A folder that is held open: whatever is moved or linked meanwhile, only what lies in it is listed and
 * opened. Its entries are reached through /proc/self/fd (proc_pid_fd(5)), for lack of openat(2).
 */
export interface OpenFolder {
  readonly path: string;
  /** All entries, in no order. */
  names(): Promise<readonly string[]>;
  /**
   * Opens a regular file to read. Undefined: there is none of that name; a symbolic link, a FIFO or a device is
   * none. To be closed by the caller.
   */
  file(name: string): Promise<FileHandle | undefined>;
  /** Opens a folder in it, as this one was; undefined: there is none of that name. To be closed by the caller. */
  folder(name: string): Promise<OpenFolder | undefined>;
  close(): Promise<void>;
}

/** Closes it when it was used, in any case. */
export async function closing<Opened extends { close(): Promise<void> }, T>(
  opened: Opened,
  use: (opened: Opened) => Promise<T>,
): Promise<T> {
  try {
    return await use(opened);
  } finally {
    await opened.close();
  }
}

const { O_DIRECTORY, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** @returns undefined: there is no such folder; a symbolic link to one is none. @throws what the file system says. */
export function openFolder(path: string): Promise<OpenFolder | undefined> {
  return openFolderAt(path, path);
}

/** @param path what it is called in messages. */
async function openFolderAt(place: string, path: string): Promise<OpenFolder | undefined> {
  const folder = await openIfThere(place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (folder === undefined) return undefined;
  const at = `/proc/self/fd/${folder.fd}`;
  return {
    path,
    names: () => readdir(at),
    file: async (name) => {
      try {
        return await openRegular(at, name);
      } catch (error) {
        throw new Error(messageOf(error).replaceAll(at, path), { cause: error });
      }
    },
    folder: async (name) =>
      /[/\0]/.test(name) || name === '..' ? undefined : openFolderAt(`${at}/${name}`, `${path}/${name}`),
    close: () => folder.close(),
  };
}

async function openRegular(folder: string, name: string): Promise<FileHandle | undefined> {
  const path = `${folder}/${name}`;
  // To open a device may have effects of its own.
  if (/[/\0]/.test(name) || !(await isRegular(path))) return undefined;
  // What it was a moment ago it need not be any more.
  const file = await openIfThere(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (file === undefined || (await file.stat()).isFile()) return file;
  await file.close();
  return undefined;
}

async function isRegular(path: string): Promise<boolean> {
  const status = await ifThere(() => lstat(path));
  return status?.isFile() ?? false;
}

function openIfThere(path: string, flags: number): Promise<FileHandle | undefined> {
  return ifThere(() => open(path, flags));
}

async function ifThere<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ENXIO')) return undefined;
    throw error;
  }
}
