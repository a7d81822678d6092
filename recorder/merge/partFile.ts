import { join } from 'node:path';
import type { FileState } from '../csv/growingFile.ts';
import { openCursor } from '../verify/fileCursor.ts';
import { createRowScanner, type ScannedRow } from '../verify/rowScanner.ts';

/** The rows of one CSV file of a part, read once and in their order; some of them are held. */
export interface PartFile {
  /** Reads on until a row is held, up to that byte of the file. False: there is none up to there. */
  ready(end: number): Promise<boolean>;
  /** The next row, which is held. */
  head(): ScannedRow | undefined;
  shift(): void;
  /** Closes it. @throws where it is not what the part's journal says of it. */
  end(told: FileState | undefined): Promise<void>;
  close(): Promise<void>;
}

/** Bytes that are read at a time. */
const pieceSize = 256 << 10;

/** @throws what the file system says, and where its header has other columns. */
export async function openPartFile(
  folder: string,
  name: string,
  columns: readonly string[],
): Promise<PartFile> {
  const path = join(folder, name);
  let held: ScannedRow[] = [];
  let next = 0;
  let isHeader = true;
  const scanner = createRowScanner((row) => {
    if (row.fault !== undefined || row.cells !== columns.length) throw damaged(`line ${row.line}`);
    if (!isHeader) held.push(row);
    else if (row.bytes.toString() !== columns.join(',')) throw damaged('its header');
    isHeader = false;
  });
  // What is held outlives the next piece.
  const cursor = await openCursor(path, (data) => {
    scanner.push(Buffer.from(data));
  });

  function damaged(what: string): Error {
    return new Error(
      `${path} cannot be merged: ${what} is not what was recorded. kubemon verify says what is wrong.`,
    );
  }

  return {
    async ready(end) {
      while (next >= held.length && cursor.position() < end) {
        held = [];
        next = 0;
        const upTo = Math.min(end, cursor.position() + pieceSize);
        if (!(await cursor.advanceTo(upTo))) throw damaged(`its end at byte ${cursor.position()}`);
      }
      return next < held.length;
    },
    head: () => held[next],
    shift: () => {
      next++;
    },
    async end(told) {
      if (told !== undefined && (cursor.position() !== told.bytes || cursor.sha256() !== told.sha256)) {
        throw damaged('its content (SHA-256)');
      }
      await cursor.close();
    },
    close: () => cursor.close(),
  };
}
