import { createReadStream } from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream';
import { pipeline as piped } from 'node:stream/promises';
import { createGzip, type Gzip } from 'node:zlib';
import type { Context } from 'koa';
import send from 'send';
import { pack } from 'tar-stream';
import type { RunFile } from '../control/runStore.ts';
import { Refusal } from '../refusal.ts';

/** Sends one file; ranges, HEAD and If-None-Match are up to `send`. */
export async function sendFile(ctx: Context, file: RunFile): Promise<void> {
  const stream = send(ctx.req, encodeURIComponent(file.name), {
    root: dirname(file.path),
    dotfiles: 'allow',
    index: false,
    cacheControl: false,
  });
  // While the run is on a file grows: whoever asks again must be told.
  ctx.set('Cache-Control', 'no-cache');
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
    throw refusalOf(error, ctx, file);
  }
}

function refusalOf(error: unknown, ctx: Context, file: RunFile): unknown {
  if (!(error instanceof Error) || !('status' in error)) return error;
  if (error.status === 416) {
    ctx.set('Content-Range', `bytes */${file.bytes}`);
    return new Refusal(416, `${file.name} has ${file.bytes} bytes: the range lies behind its end.`);
  }
  return error.status === 404 ? new Refusal(404, `${file.name} is gone.`) : error;
}

/** All files as RUN/NAME in a tar.gz, made while it is sent. Of a file that grows, what is there now. */
export function tarGz(run: string, files: readonly RunFile[]): Gzip {
  const tar = pack();
  const gzip = createGzip();
  // An error destroys both, and with them the answer: the client sees that it is not whole.
  pipeline(tar, gzip, () => undefined);
  void fill();
  return gzip;

  async function fill(): Promise<void> {
    try {
      for (const { name, path, bytes, modified } of files) {
        const header = { name: `${run}/${name}`, size: bytes, mtime: modified, mode: 0o644 };
        if (bytes === 0) tar.entry(header, '');
        else await piped(createReadStream(path, { end: bytes - 1 }), tar.entry(header));
      }
      tar.finalize();
    } catch (error) {
      tar.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
