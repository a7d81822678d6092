import { isUtf8 } from 'node:buffer';
import { ExpositionError } from './expositionError.ts';

/** Bytes of a line, far above what exporters say; a piece is no longer, so that it is decoded in no time. */
const maxLineLength = 1 << 16;
const lineFeed = 0x0a;

/**
 * Behind the last line of the piece that begins at `start`: pieces are whole lines, but the last one ends
 * with the body. @throws ExpositionError for a line that is too long; `line` is the number of the first.
 */
export function endOfPiece(body: Buffer, start: number, line: number): number {
  const most = start + maxLineLength + 1;
  if (most >= body.length) return body.length;
  const end = body.lastIndexOf(lineFeed, most - 1) + 1;
  if (end > start) return end;
  throw new ExpositionError(line, `it has more than ${maxLineLength} bytes`, 'too_large');
}

/** The text of a piece. @throws ExpositionError */
export function pieceOf(body: Buffer, start: number, end: number, line: number): string {
  const piece = body.subarray(start, end);
  if (isUtf8(piece)) return piece.toString();
  throw new ExpositionError(line + linesBeforeInvalid(piece), 'it is not UTF-8');
}

function linesBeforeInvalid(piece: Buffer): number {
  let lines = 0;
  for (let start = 0, end = 0; start < piece.length; start = end, lines++) {
    end = piece.indexOf(lineFeed, start) + 1;
    if (end === 0 || !isUtf8(piece.subarray(start, end))) break;
  }
  return lines;
}
