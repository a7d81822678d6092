import { ExpositionError, quoted } from './expositionError.ts';
import { byteAt, noPiece, type Piece, pieceAt } from './pieces.ts';
import { seriesEnd } from './series.ts';
import { endOfComment, endOfSample, endOfToken, lineAt, skipBlanks } from './text.ts';

/** A line with a sample; where it lies in bytes of the body. */
export interface SampleLine {
  readonly start: number;
  readonly valueStart: number;
  readonly raw: string;
  readonly value: string;
}

const hash = '#';
const lineFeed = '\n';

/**
 * Reads line by line. Of each call the next line: its sample, undefined for one without, and `end`, where the
 * next call begins. After a sample that is behind its value: what follows there is looked at by the next call.
 */
export function createLineReader(body: Buffer) {
  let piece: Piece = noPiece;

  /** What follows the value on its line. */
  function finish(at: number, line: number): number {
    if (body[at] === 0x0a) return at + 1;
    take(at, line);
    return byteAt(piece, endOfSample(piece.text, at - piece.start, line)) + 1;
  }

  function take(at: number, line: number): number {
    const isHere = at >= piece.start && at < piece.end && (piece.isAscii || at === piece.start);
    if (!isHere) piece = pieceAt(body, at, line);
    return at - piece.start;
  }

  /** @param at where a line begins */
  function next(at: number, line: number): { readonly sample?: SampleLine; readonly end: number } {
    const begin = take(at, line);
    const { text } = piece;
    const start = skipBlanks(text, begin);
    if (text[start] === lineFeed) return { end: byteAt(piece, start) + 1 };
    if (text[start] === hash) return { end: byteAt(piece, endOfComment(text, start, line)) + 1 };
    if (start === text.length) throw new ExpositionError(line, 'the body ends within a line');
    const behind = seriesEnd(text, start);
    if (behind < 0)
      throw new ExpositionError(line, `${quoted(lineAt(text, start))} is not a series and its value`);
    const valueStart = skipBlanks(text, behind);
    const valueEnd = endOfToken(text, valueStart);
    const value = text.slice(valueStart, valueEnd);
    const sample = {
      start: byteAt(piece, start),
      valueStart: byteAt(piece, valueStart),
      raw: text.slice(start, behind),
      // A longer slice would keep the piece alive.
      value: value.length < 13 ? value : Buffer.from(value).toString(),
    };
    return { sample, end: byteAt(piece, valueEnd) };
  }

  return { finish, next };
}
