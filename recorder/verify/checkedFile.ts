import { join } from 'node:path';
import { isErrno } from '../../exporter/serve/errno.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import type { FileState } from '../csv/growingFile.ts';
import { type FileCursor, openCursor } from './fileCursor.ts';
import type { Finding } from './finding.ts';
import { createRowScanner, type RowScanner, type ScannedRow } from './rowScanner.ts';

/** What is wrong, and where; the file's name is known. */
export type FileFault = Omit<Finding, 'file' | 'severity'>;

/** A file that is compared, from its beginning on, with what is told of it. */
export interface CheckedFile {
  readonly name: string;
  /** Undefined: it is not there. */
  readonly size: number | undefined;
  readonly position: () => number;
  /** Rows so far, without the header. */
  readonly rows: () => number;
  /** False once it is not what was told: nothing that is told after that can be right. */
  readonly isWhole: () => boolean;
  /**
   * Reads on to where it is said to go.
   * @param told what tells so, for a sentence. @returns what is wrong, once.
   */
  advance(state: FileState, told: string): Promise<FileFault | undefined>;
  /** Whether it is so all the same, whatever was told of it before. */
  is(state: FileState): Promise<boolean>;
  close(): Promise<void>;
}

export interface FileRows {
  /** Rows that count for nothing: 1 for a CSV file. */
  readonly header: number;
  readonly onRow: (row: ScannedRow) => void;
}

/**
 * @param rows absent: of its lines nothing is known but how many they are.
 * @param found the name it has in the folder.
 */
export async function openCheckedFile(
  folder: string,
  name: string,
  rows?: FileRows,
  found = name,
): Promise<CheckedFile> {
  const scanner = rows === undefined ? createLineCounter() : createRowScanner(rows.onRow);
  const header = rows?.header ?? 0;
  const cursor = await openIfThere(join(folder, found), scanner.push);
  /** As far as all is as told. */
  let wholeBytes = 0;
  let wholeRows = 0;
  let isWhole = true;

  function rowCount(): number {
    return Math.max(0, scanner.rows() - header);
  }

  async function faultAt(
    { bytes, rows: told, sha256 }: FileState,
    by: string,
  ): Promise<FileFault | undefined> {
    if (cursor === undefined) return { sentence: `is missing; ${by} says it has ${bytes} bytes` };
    const place = { byte: wholeBytes, line: wholeRows + header + 1 };
    if (cursor.position() > bytes) {
      return { ...place, sentence: `${by} says it has ${bytes} bytes, fewer than it had before` };
    }
    if (!(await cursor.advanceTo(bytes))) {
      const sentence = `ends at byte ${cursor.position()}, and ${by} says it has ${bytes} bytes`;
      return { byte: cursor.position(), line: scanner.rows() + 1, sentence };
    }
    if (cursor.sha256() !== sha256) {
      const where = wholeBytes === 0 ? `up to byte ${bytes}` : `between byte ${wholeBytes} and byte ${bytes}`;
      return { ...place, sentence: `${where} it has other bytes than ${by} says (SHA-256)` };
    }
    if (!scanner.isBetweenRows())
      return { ...place, sentence: `at byte ${bytes}, where ${by} ends, no row does` };
    if (rowCount() !== told) {
      return { ...place, sentence: `has ${rowCount()} rows, and ${by} says ${told}` };
    }
    return undefined;
  }

  return {
    name,
    size: cursor?.size,
    position: () => cursor?.position() ?? 0,
    rows: rowCount,
    isWhole: () => isWhole,
    async advance(state, told) {
      if (!isWhole) {
        await cursor?.advanceTo(state.bytes);
        return undefined;
      }
      const fault = await faultAt(state, told);
      isWhole = fault === undefined;
      wholeBytes = state.bytes;
      wholeRows = state.rows;
      return fault;
    },
    is: async ({ bytes, rows: told, sha256 }) =>
      cursor !== undefined &&
      (await cursor.advanceTo(bytes)) &&
      cursor.position() === bytes &&
      cursor.sha256() === sha256 &&
      rowCount() === told,
    close: async () => cursor?.close(),
  };
}

async function openIfThere(path: string, take: (data: Buffer) => void): Promise<FileCursor | undefined> {
  try {
    return await openCursor(path, take);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw new Error(`${messageOf(error)}. Nothing was verified.`, { cause: error });
  }
}

/** A file of lines, as which any byte is right. */
function createLineCounter(): Pick<RowScanner, 'push' | 'isBetweenRows' | 'rows'> {
  let lines = 0;
  let last: number | undefined = lineFeed;
  return {
    push: (data) => {
      for (let at = data.indexOf(lineFeed); at !== -1; at = data.indexOf(lineFeed, at + 1)) lines++;
      last = data.at(-1) ?? last;
    },
    isBetweenRows: () => last === lineFeed,
    rows: () => lines,
  };
}

const lineFeed = 0x0a;
