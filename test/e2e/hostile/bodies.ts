import { gzipSync } from 'node:zlib';
import { endlessly, http, type HostileTarget, type HostileTargets } from './target.ts';

const tooLarge = /^too_large: the body has more than \d+ bytes$/;
/** Bodies that come at the speed of the loopback may be too large or too late. */
const tooMuch = /^(too_large: |timeout: the answer was not complete)/;
const limitHit = /^Answers exceeded a limit: \d+ \(events\.csv\)/;
const megabytes = 500e6;

function gzipped(body: Buffer, encoding = 'gzip'): HostileTarget['server'] {
  return http((_, response) => response.setHeader('Content-Encoding', encoding).end(body));
}

/** 64 MiB of line ends in 64 KiB. */
const member = gzipSync(Buffer.alloc(64 << 20, '\n'));

/** Targets whose body is too much, or compressed to something that it is not. */
export const bodies: HostileTargets = {
  '500 MB with their length': {
    server: http((_, response) => {
      response.setHeader('Content-Length', megabytes).flushHeaders();
      endlessly(response, Buffer.alloc(1 << 20, 'up 1\n'));
    }),
    error: tooLarge,
    reason: limitHit,
  },
  'a body without end': {
    server: http((_, response) => endlessly(response, Buffer.from('up 1\n'.repeat(200_000)))),
    error: tooMuch,
  },
  'a gzip bomb': { server: gzipped(gzipSync(Buffer.alloc(200 << 20))), error: tooMuch },
  'a gzip bomb of many members': {
    server: gzipped(Buffer.concat(Array.from({ length: 10 }, () => member))),
    error: tooMuch,
  },
  'a gzip bomb in a gzip bomb': {
    server: gzipped(gzipSync(member), 'gzip, gzip'),
    error: /^broken: the body is encoded as gzip, gzip, which was not asked for$/,
  },
  'a million empty gzip members': {
    server: gzipped(Buffer.concat(Array.from<Buffer>({ length: 1_000_000 }).fill(gzipSync('')))),
    error: /^($|timeout: the answer was not complete)/,
  },
  'gzip that is none': {
    server: gzipped(Buffer.from('up 1\n')),
    error: /^broken: the body cannot be decompressed: incorrect header check$/,
  },
  'half of a gzip body': {
    server: gzipped(gzipSync('up 1\n'.repeat(1000)).subarray(0, 30)),
    error: /^broken: the body cannot be decompressed: unexpected end of file$/,
  },
};
