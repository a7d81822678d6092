import { exposition, type HostileTargets, recordedOrLate } from './target.ts';

const invalid = /^invalid: line \d+: ./;
const lineTooLong = /^too_large: line 1: it has more than 65536 bytes$/;
const limitHit = /^Answers exceeded a limit: \d+ \(events\.csv\)/;

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');
}

const million = lines(1_000_000, (index) => `million_total{n="${index}"} ${index}`);
const manyLabels = Array.from({ length: 100_000 }, (_, index) => `l${index}="v"`).join(',');
let scrapes = 0;

/** Other exporters whose exposition is odd, too much, or none. */
export const expositions: HostileTargets = {
  'a million series': {
    server: exposition(million),
    error: /^(too_many: line 500001: more than 500000 samples|too_large: |timeout: )/,
  },
  'a label of a megabyte': {
    server: exposition(`up{a="${'x'.repeat(1 << 20)}"} 1\n`),
    error: lineTooLong,
    reason: limitHit,
  },
  '100,000 labels on a sample': { server: exposition(`up{${manyLabels}} 1\n`), error: lineTooLong },
  'a long metric name': { server: exposition(`${'up'.repeat(50_000)} 1\n`), error: lineTooLong },
  'a comment without end': { server: exposition(`# ${'x'.repeat(100_000)}`), error: lineTooLong },
  'the longest lines': {
    server: exposition(`up{${manyLabels.slice(0, 65_000).replace(/,[^,]*$/, '')}} 1\n`.repeat(40)),
    error: recordedOrLate,
  },
  'series twice': { server: exposition('up{a="b"} 1\nup{a="b"} 2\n') },
  'numbers that are not finite': { server: exposition('a NaN\nb +Inf\nc -Inf\nd 1e308\ne -5e-324\n') },
  'a number beyond all': { server: exposition('up 1e999\n'), error: invalid },
  'a hexadecimal number': { server: exposition('up 0x1p-2\n'), error: invalid },
  '10,000 new series on each scrape': {
    server: exposition(() => lines(10_000, (index) => `churn{n="${scrapes++} ${index}"} 1`)),
    error: recordedOrLate,
  },
  'timestamps and exemplars': {
    server: exposition('a 1 1395066363000\nb_bucket{le="1"} 8 # {trace_id="x"} 0.067 1520879607.789\n'),
  },
  CRLF: { server: exposition('up 1\r\n'), error: invalid },
  'a byte order mark': { server: exposition('\ufeffup 1\n'), error: invalid },
  NUL: { server: exposition('up 1\n\0\n'), error: invalid },
  'invalid UTF-8': {
    server: exposition(Buffer.from([0x75, 0x70, 0x20, 0x31, 0x0a, 0xff, 0x0a])),
    error: /^invalid: line 2: it is not UTF-8$/,
  },
  'no line end at the end': {
    server: exposition('up 1\nup 2'),
    error: /^invalid: line 2: the body ends within a line$/,
  },
  'a web page': { server: exposition('<!doctype html>\n<title>Login</title>\n'), error: invalid },
};
