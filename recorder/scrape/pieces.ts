import { isAscii, isUtf8 } from 'node:buffer';
import { ExpositionError } from './expositionError.ts';

/** Bytes of a line, far above what exporters say. */
const maxLineLength = 1 << 16;
/** Enough lines for decoding to cost little, few enough where one line is new. */
const usualLength = 1 << 13;
const lineFeed = 0x0a;

/** The text of some whole lines; the last one of a body may end with it. */
export interface Piece {
  /** Bytes of the body. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Else it is one line. */
  readonly isAscii: boolean;
}

export const noPiece: Piece = { start: 0, end: 0, text: '', isAscii: true };

/** The lines from `start` on; `line` is the number of the first. @throws ExpositionError */
export function pieceAt(body: Buffer, start: number, line: number): Piece {
  const end = endOfPiece(body, start, line);
  const bytes = body.subarray(start, end);
  if (isAscii(bytes)) return { start, end, text: bytes.toString('latin1'), isAscii: true };
  const first = body.subarray(start, body.indexOf(lineFeed, start) + 1 || end);
  if (!isUtf8(first)) throw new ExpositionError(line, 'it is not UTF-8');
  return { start, end: start + first.length, text: first.toString(), isAscii: false };
}

/** The byte of the body that a character of the piece is. */
export function byteAt({ start, text, isAscii: isPlain }: Piece, index: number): number {
  return start + (isPlain ? index : Buffer.byteLength(text.slice(0, index)));
}

function endOfPiece(body: Buffer, start: number, line: number): number {
  for (const length of [usualLength, maxLineLength]) {
    const most = start + length + 1;
    if (most >= body.length) return body.length;
    const end = body.lastIndexOf(lineFeed, most - 1) + 1;
    if (end > start) return end;
  }
  throw new ExpositionError(line, `it has more than ${maxLineLength} bytes`, 'too_large');
}
