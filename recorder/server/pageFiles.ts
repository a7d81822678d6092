import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** A file of the web page, as it is sent. */
export interface PageFile {
  /** Its media type. */
  readonly type: string;
  readonly etag: string;
  readonly bytes: Buffer;
  /** Other bytes have another one: https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.3 */
  readonly gzippedEtag: string;
  readonly gzipped: Buffer;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

/** Where `npm run build` puts the page: beside this file, or, seen from the sources, in dist. */
const folders = ['../web', '../../dist/recorder/web'].map((path) => join(import.meta.dirname, path));

/**
 * The files of the page by name; they are few and small, so that they are held in memory.
 * @throws when it is not built.
 */
export async function readPage(): Promise<ReadonlyMap<string, PageFile>> {
  const folder = folders.find((each) => existsSync(join(each, 'page.js')));
  if (folder === undefined) throw new Error('The web page is not built: npm run build.');
  const files = new Map<string, PageFile>();
  for (const name of await readdir(folder)) {
    const type = types[extname(name)];
    if (type !== undefined) files.set(name, await readPageFile(join(folder, name), type));
  }
  return files;
}

async function readPageFile(path: string, type: string): Promise<PageFile> {
  const bytes = await readFile(path);
  const hash = createHash('sha256').update(bytes).digest('base64url');
  return {
    type,
    etag: `"${hash}"`,
    bytes,
    gzippedEtag: `"${hash}-gzip"`,
    gzipped: await promisify(gzip)(bytes, { level: 9 }),
  };
}
