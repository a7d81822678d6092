import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readRows } from '../../../recorder/csv/readRows.ts';
import { eventLines, markLines } from '../../../recorder/csv/recordLines.ts';
import type { RunEvent } from '../../../recorder/csv/event.ts';
import { header, type CsvLines } from '../../../recorder/csv/rows.ts';
import { createRowScanner } from '../../../recorder/verify/rowScanner.ts';
import { describeWith, needs } from '../../support/needs.ts';
import { fileNamed } from './fileNamed.ts';

/** Any text, and such as is made to break a CSV file or who reads it. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '"',
        '""',
        ',',
        '\n',
        '\r',
        '\r\n',
        "'",
        ';',
        '\t',
        ' ',
        '\0',
        '\u001b[2J',
        '\u202e',
        '\u2066',
        '\u2028',
        '\u0085',
        '\ufeff',
        '\ud800',
        '\udc00',
        '\u{1f600}',
        '=cmd|',
        '+',
        '-',
        '@',
        '\uff1d',
        'a',
        '\\',
        '',
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join('')),
);

const event: fc.Arbitrary<RunEvent> = fc.record({
  timestamp: fc.constant(1767322445),
  kind: fc.constant('gap'),
  node: text,
  target: text,
  subject: text,
  detail: text,
});

/** The first character of a formula; the last four are their full-width forms. */
const formula = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

/** What a reader gets: UTF-8 has no half of a pair, and no formula is one. */
function read(value: string): string {
  const wellFormed = Buffer.from(value).toString();
  return formula.test(wellFormed) ? `'${wellFormed}` : wellFormed;
}

function cellsOf({ node, target, subject, detail }: RunEvent): readonly string[] {
  return ['2026-01-02T02:54:05.000Z', 'gap', ...[node, target, subject, detail].map(read)];
}

/** A file as it is on the disk. */
function fileOf({ file, text: lines }: CsvLines): Buffer {
  return Buffer.from(header(fileNamed(file)) + lines);
}

const columns = ['timestamp', 'kind', 'node', 'target', 'subject', 'detail'];

function temporaryFile(content: Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'rfc4180-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, 'events.csv');
  writeFileSync(path, content);
  return path;
}

describe('any text in any cell comes back, in its row and column', () => {
  test('from csv-parse, as it comes', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 8 }), (events) => {
        const rows: unknown = parse(fileOf(eventLines(events)));
        expect(rows).toEqual([columns, ...events.map(cellsOf)]);
      }),
      { numRuns: 500 },
    );
  });

  test('from a mark, which has no other text', () => {
    fc.assert(
      fc.property(text, (label) => {
        const rows: unknown = parse(fileOf(markLines([{ timestamp: 1767322445, label }])));
        expect(rows).toEqual([
          ['timestamp', 'label'],
          ['2026-01-02T02:54:05.000Z', read(label)],
        ]);
      }),
    );
  });

  test('from the reader of a recorder that goes on with the run, which gives a formula back', async () => {
    const events = fc.sample(event, 500);
    const path = temporaryFile(fileOf(eventLines(events)));
    const rows: (readonly string[])[] = [];
    for await (const row of readRows(path)) rows.push(row);
    // An apostrophe that stood before a formula is taken off, too.
    const given = (cell: string) => cell.replace(/^'(?=[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20])/, '');
    expect(rows.slice(1)).toEqual(events.map((each) => cellsOf(each).map(given)));
  });

  test('and verify finds the same rows and cells, wherever the bytes are parted', () => {
    fc.assert(
      fc.property(
        fc.array(event, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 50 }),
        (events, length) => {
          const found: (readonly [string, number, string | undefined])[] = [];
          const scanner = createRowScanner(({ bytes, cells, fault }) => {
            found.push([bytes.toString(), cells, fault]);
          });
          const content = fileOf(eventLines(events));
          for (let at = 0; at < content.length; at += length) scanner.push(content.subarray(at, at + length));
          expect(scanner.isBetweenRows()).toBe(true);
          const rows = [header(fileNamed('events.csv')), ...events.map((each) => eventLines([each]).text)];
          expect(found).toEqual(
            rows.map((row) => [Buffer.from(row).toString().slice(0, -1), columns.length, undefined]),
          );
        },
      ),
    );
  });
});

describeWith([needs.python311], 'any text in any cell comes back to Python', () => {
  test('from its csv module', { timeout: 60_000 }, () => {
    const events = fc.sample(event, 2000);
    const path = temporaryFile(fileOf(eventLines(events)));
    const program =
      'import csv, json, sys; json.dump(list(csv.reader(open(sys.argv[1], newline="", encoding="utf-8"), strict=True)), sys.stdout)';
    const rows: unknown = JSON.parse(
      execFileSync('python3', ['-c', program, path], { encoding: 'utf8', maxBuffer: 1 << 26 }),
    );
    expect(rows).toEqual([columns, ...events.map(cellsOf)]);
  });
});
