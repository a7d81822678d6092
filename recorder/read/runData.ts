import type { CsvCells } from '../csv/readRows.ts';
import type { Manifest, ManifestFile } from '../run/manifest.ts';
import { tableRows } from './tableRows.ts';

/** Where a run lies: a folder, or a recorder. */
export interface RunPlace {
  /** Absolute; of a run on a recorder its name. */
  readonly path: string;
  readonly manifest: Manifest;
  /** How many bytes of each CSV file are whole: of a run that is on, up to its last tick. */
  readonly ends: ReadonlyMap<string, number>;
  /** All bytes of a file. */
  open(name: string): AsyncIterable<unknown>;
}

/** A run as those see it who calculate with it. */
export interface RunData extends Pick<RunPlace, 'path' | 'manifest'> {
  /** Of a file that is not in run.json: undefined. */
  file(name: string): ManifestFile | undefined;
  /** The whole rows of a file, some at a time; none of a file that the run has not. */
  rows(name: string): AsyncGenerator<readonly CsvCells[]>;
  /** What is whole of a file, header included. @throws where it ends before. */
  bytes(name: string): AsyncGenerator<Buffer>;
}

export function readRun({ path, manifest, ends, open }: RunPlace): RunData {
  const files = new Map(manifest.files.map((file) => [file.name, file]));

  async function* bytes(name: string): AsyncGenerator<Buffer> {
    let left = ends.get(name) ?? 0;
    if (left === 0) return;
    for await (const piece of open(name)) {
      if (!(piece instanceof Uint8Array)) continue;
      const part = Buffer.from(piece.buffer, piece.byteOffset, Math.min(left, piece.byteLength));
      left -= part.length;
      yield part;
      if (left === 0) return;
    }
    throw new Error(
      `${name} of ${path} ends ${left} bytes before its end. kubemon verify says what is wrong.`,
    );
  }

  return {
    path,
    manifest,
    file: (name) => files.get(name),
    async *rows(name) {
      const file = files.get(name);
      if (file === undefined) return;
      yield* tableRows(
        bytes(name),
        name,
        file.columns.map((column) => column.name),
      );
    },
    bytes,
  };
}
