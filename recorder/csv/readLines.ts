import { createReadStream } from 'node:fs';

/** The lines of a file, read as a stream, and how many bytes it has with each. What ends in no LF is none. */
export async function* readLines(
  path: string,
): AsyncGenerator<{ readonly line: string; readonly end: number }> {
  let rest = Buffer.alloc(0);
  let end = 0;
  for await (const chunk of createReadStream(path)) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a stream without encoding gives buffers
    rest = Buffer.concat([rest, chunk as Buffer]);
    for (let length = rest.indexOf('\n') + 1; length > 0; length = rest.indexOf('\n') + 1) {
      end += length;
      yield { line: rest.toString('utf8', 0, length - 1), end };
      rest = rest.subarray(length);
    }
  }
}
