import type { FileHandle } from 'node:fs/promises';
import { extname } from 'node:path';
import { pipeline, Writable } from 'node:stream';
import { pipeline as piped } from 'node:stream/promises';
import { createGzip, type Gzip } from 'node:zlib';
import type { Context } from 'koa';
import send from 'send';
import { pack } from 'tar-stream';
import { journalName } from '../csv/journal.ts';
import { manifestName } from '../csv/makeFolder.ts';
import { closing, type OpenFolder } from '../control/openFolder.ts';
import { shardOfFolder } from '../shards/runFolderName.ts';
import { Refusal } from '../refusal.ts';

/** Whatever else lies in the folder is no page of the recorder's, which might call it. */
const types: Readonly<Record<string, string>> = {
  '.csv': 'text/csv; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.jsonl': 'application/jsonl; charset=utf-8',
};

/** A file that is not hidden, as those are that are only being written. */
export async function visibleFile(folder: OpenFolder, name: string): Promise<FileHandle | undefined> {
  return name.startsWith('.') ? undefined : folder.file(name);
}

/** Sends one file, which is open; ranges, HEAD and preconditions are up to `send`. */
export async function sendFile(ctx: Context, name: string, file: FileHandle): Promise<void> {
  // Whoever asked may be gone by now: nothing tells of that any more, and the file would stay open.
  if (ctx.res.closed) return;
  // The descriptor, not the path: that may be of another file by now.
  const stream = send(ctx.req, String(file.fd), {
    root: '/proc/self/fd',
    index: false,
    cacheControl: false,
  });
  // While the run is on a file grows: whoever asks again must be told.
  ctx.set('Cache-Control', 'no-cache');
  ctx.set('Content-Type', types[extname(name)] ?? 'application/octet-stream');
  ctx.status = 200;
  ctx.respond = false;
  try {
    await new Promise((resolve, reject) => {
      stream.on('error', reject);
      ctx.res.on('close', resolve);
      stream.pipe(ctx.res);
    });
  } catch (error) {
    ctx.respond = true;
    throw refusalOf(error, name, (await file.stat()).size);
  }
}

function refusalOf(error: unknown, name: string, bytes: number): unknown {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (status === 416)
    return new Refusal(416, `${name} has ${bytes} bytes, and none of them is in that range.`);
  return status === 412 ? new Refusal(412, `${name} is not as If-Match or If-Unmodified-Since asks.`) : error;
}

/** A file of a run that comes from elsewhere. */
export interface RunFile {
  /** Below the run's folder. */
  readonly name: string;
  readonly size: number;
  readonly mtime: Date;
  readonly content: AsyncIterable<unknown>;
}

/**
 * All files as RUN/NAME, or RUN/shard=K/NAME, in a tar.gz, made while it is sent. Of a run that is on, what is there by then: what
 * tells of others comes before them, so that these have all that is told. The folder is closed in the end.
 * @param folder absent: nothing of the run lies here.
 * @param others files that do not lie here.
 */
export function tarGz(
  run: string,
  folder: OpenFolder | undefined,
  others: AsyncIterable<RunFile> | readonly RunFile[] = [],
): Gzip {
  const tar = pack();
  const gzip = createGzip();
  // An error destroys both, and with them the answer: the client sees that it is not whole.
  pipeline(tar, gzip, () => undefined);
  void fill();
  return gzip;

  async function fill(): Promise<void> {
    try {
      if (folder !== undefined) await addAll(folder, '');
      for await (const { name, size, mtime, content } of others) await add(name, { size, mtime }, content);
      tar.finalize();
    } catch (error) {
      tar.destroy(error instanceof Error ? error : new Error(String(error)));
    } finally {
      await folder?.close();
    }
  }

  /** Of a run of parts each part is a folder in it. */
  async function addAll(from: OpenFolder, path: string): Promise<void> {
    for (const name of tellingFirst(await from.names())) {
      const isPart = path === '' && shardOfFolder(name) !== undefined;
      const part = isPart ? await from.folder(name) : undefined;
      if (part !== undefined) {
        await closing(part, () => addAll(part, `${name}/`));
        continue;
      }
      const file = await visibleFile(from, name);
      if (file !== undefined) await closing(file, () => addFile(`${path}${name}`, file));
    }
  }

  async function addFile(name: string, file: FileHandle): Promise<void> {
    const { size, mtime } = await file.stat();
    const end = Math.max(0, size - 1);
    await add(name, { size, mtime }, file.createReadStream({ start: 0, end, autoClose: false }));
  }

  async function add(
    name: string,
    { size, mtime }: Pick<RunFile, 'size' | 'mtime'>,
    content: AsyncIterable<unknown>,
  ): Promise<void> {
    const header = { name: `${run}/${name}`, size, mtime, mode: 0o644 };
    await piped(content, size > 0 ? tar.entry(header) : nowhere());
    if (size === 0) tar.entry(header, '');
  }
}

function nowhere(): Writable {
  return new Writable({
    write: (_, __, done) => {
      done();
    },
  });
}

/** run.json, the journal, then the rest by name. */
function tellingFirst(names: readonly string[]): readonly string[] {
  const first = [manifestName, journalName];
  const others = names.filter((name) => !first.includes(name));
  return [...first.filter((name) => names.includes(name)), ...others.toSorted()];
}
