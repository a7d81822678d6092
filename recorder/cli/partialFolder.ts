import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import { RecorderError } from './recorderError.ts';
import type { Part } from './recorderServer.ts';
import { damaged } from './unpackRun.ts';

export interface PartialFile {
  readonly name: string;
  /** What it must be; undefined: that is not known. */
  readonly whole?: { readonly bytes: number; readonly sha256: string };
  /** Nothing that is here of it counts. */
  readonly isNew?: boolean;
  /** Told how many bytes of it are here, and how many of them have come just now. */
  readonly onBytes?: (here: number, come: number) => void;
}

/** A folder into which files are downloaded, at once or bit by bit. */
export interface PartialFolder {
  /**
   * Brings what is missing of a file, and compares its sum where it is known.
   * @returns how many bytes were here already; undefined: there is no such file
   * @throws RecorderError `incomplete` where the answers break off again and again, `damaged` where the sum is wrong
   */
  readonly fetch: (file: PartialFile) => Promise<number | undefined>;
  /** Removes what only a download that goes on needs. */
  readonly finish: () => Promise<void>;
}

/** What each file was when its download began, by its ETag: only of the same more is appended. */
const etagsName = '.etags.json';

/** An answer that brings nothing more is asked for so often, after so many milliseconds. */
const attempts = 3;
const pause = 1_000;

export function createPartialFolder(
  folder: string,
  ask: (name: string, from: number, etag: string | undefined) => Promise<Part>,
  signal: AbortSignal | undefined,
): PartialFolder {
  const etagsPath = join(folder, etagsName);

  async function fetch(file: PartialFile): Promise<number | undefined> {
    const path = join(folder, file.name);
    const isTooMuch = (await sizeOf(path)) > (file.whole?.bytes ?? Infinity);
    if (file.isNew === true || isTooMuch) await rm(path, { force: true });
    const kept = await receive(file);
    if (kept === undefined || (await isRight(path, file))) return kept;
    // What was here is of another file after all.
    await rm(path, { force: true });
    await receive(file);
    if (await isRight(path, file)) return 0;
    throw damaged(`has another ${file.name} than its run.json says (SHA-256)`);
  }

  /** Goes on as long as more comes. @returns as fetch. */
  async function receive(file: PartialFile): Promise<number | undefined> {
    const path = join(folder, file.name);
    let kept: number | undefined;
    for (let failures = 0; ;) {
      const before = await sizeOf(path);
      try {
        if (before > 0 && before === file.whole?.bytes) {
          file.onBytes?.(before, 0);
          return kept ?? before;
        }
        const part = await askFor(file.name, before);
        kept ??= part.from;
        await write(part, file, path);
        return kept;
      } catch (error) {
        signal?.throwIfAborted();
        const status = error instanceof RecorderError ? error.status : undefined;
        if (status === 404) return undefined;
        // Of the same file there is nothing behind what is here.
        if (status === 416) return kept ?? before;
        if (status !== undefined) throw error;
        failures = (await sizeOf(path)) > before ? 0 : failures + 1;
        if (failures === attempts) throw incomplete(file.name, error);
        await sleep(pause, undefined, signal && { signal });
      }
    }
  }

  async function askFor(name: string, before: number): Promise<Part> {
    const { [name]: etag, ...others } = await readEtags();
    const part = await ask(name, etag === undefined ? 0 : before, etag);
    if (part.etag !== etag) {
      // First the bytes of the other file: under the new ETag they would be taken for its own.
      await rm(join(folder, name), { force: true });
      await writeFile(etagsPath, JSON.stringify({ ...others, [name]: part.etag }));
    }
    return part;
  }

  async function readEtags(): Promise<Readonly<Record<string, string>>> {
    try {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is ours, and a wrong one fits no file
      return JSON.parse(await readFile(etagsPath, 'utf8')) as Record<string, string>;
    } catch {
      return {};
    }
  }

  return { fetch, finish: () => rm(etagsPath, { force: true }) };
}

async function write({ from, body }: Part, file: PartialFile, path: string): Promise<void> {
  const target = await open(path, from === 0 ? 'w' : 'r+');
  try {
    await target.truncate(from);
    let here = from;
    for await (const chunk of body) {
      if (!(chunk instanceof Uint8Array)) continue;
      for (let done = 0; done < chunk.byteLength;) {
        const { bytesWritten } = await target.write(chunk, done, chunk.byteLength - done, here + done);
        done += bytesWritten;
      }
      here += chunk.byteLength;
      file.onBytes?.(here, chunk.byteLength);
    }
  } finally {
    await target.close();
  }
}

async function isRight(path: string, { whole }: PartialFile): Promise<boolean> {
  if (whole === undefined) return true;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex') === whole.sha256;
}

/** 0: it is not there. */
async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function incomplete(name: string, cause: unknown): RecorderError {
  return new RecorderError(
    'incomplete',
    `${name} could not be received whole (${messageOf(cause)}): fetch the run again, and it goes on from there.`,
    { cause },
  );
}
