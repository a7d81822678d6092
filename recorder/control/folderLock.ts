import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { isErrno } from '../../exporter/serve/errno.ts';

/** Another recorder works in this folder. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';
}

/**
 * Keeps a second recorder out of OUTPUT_DIR until the returned function is called or the process ends, in
 * whatever way: it listens on an abstract Unix socket (unix(7)) that is named after the folder's device
 * and inode, and that the kernel takes away with the process.
 *
 * Such names are those of a network namespace: a recorder in another container, pod or machine that has
 * the same volume is not noticed; there the StatefulSet sees to it that one pod has the claim. Only
 * Linux has these sockets: elsewhere nothing is kept out.
 * @throws FolderInUseError
 */
export async function lockFolder(path: string): Promise<() => Promise<void>> {
  if (process.platform !== 'linux') return () => Promise.resolve();
  const { dev, ino } = await stat(path, { bigint: true });
  const server = createServer((socket) => socket.destroy()).unref();
  try {
    server.listen(`\0kubemon-recorder/${dev}:${ino}`);
    await once(server, 'listening');
  } catch (error) {
    if (!isErrno(error, 'EADDRINUSE')) throw error;
    throw new FolderInUseError(
      `Another recorder writes into ${path}: end it, or choose another folder with --output-dir.`,
    );
  }
  return async () => {
    server.close();
    await once(server, 'close');
  };
}
