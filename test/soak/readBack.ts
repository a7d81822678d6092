import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'csv-parse';
import type { FileState } from '../../recorder/csv/growingFile.ts';
import type { CommitRecord } from '../../recorder/csv/journal.ts';
import type { Manifest } from '../../recorder/run/manifest.ts';
import { expectedRows } from './expectedRows.ts';

/**
 * What is not as it must be in the folder of a soak: against run.json, against the journal, and row by row
 * against what its targets said. Nothing is read as a whole: the files are large.
 */
export async function differences(
  path: string,
  { files }: Manifest,
  due: readonly number[],
): Promise<readonly string[]> {
  const found: (string | undefined)[] = [];
  const journal = await readJournal(join(path, 'journal.jsonl'));
  // Before the first tick the headers are committed, behind the last the containers that are still alive.
  found.push(different('the ticks of the journal', journal.ticks, [null, ...due, due.at(-1)]));
  for (const { name, bytes, rows, sha256 } of files) {
    const { columns, expected } = expectedRows[name] ?? { columns: [], expected: () => [] };
    const read = await readCsv(join(path, name), columns, expected(due));
    const told = { bytes, rows, sha256 };
    found.push(
      different(`${name} and run.json`, read.state, told),
      different(`${name} and the journal`, read.state, journal.files.get(name)),
      read.difference && `${name}: ${read.difference}`,
    );
  }
  return found.filter((each) => each !== undefined);
}

function different(what: string, one: unknown, other: unknown): string | undefined {
  const [a, b] = [JSON.stringify(one), JSON.stringify(other)];
  return a === b ? undefined : `${what} differ: ${a.slice(0, 300)} and ${b.slice(0, 300)}`;
}

/** How far a CSV file goes, and its first row that is not the expected one. */
async function readCsv(
  path: string,
  columns: readonly string[],
  expected: Iterable<readonly string[]>,
): Promise<{ readonly state: FileState; readonly difference: string | undefined }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const parser = createReadStream(path)
    .on('data', (chunk) => {
      hash.update(chunk);
      bytes += chunk.length;
    })
    .pipe(parse());
  const due = expected[Symbol.iterator]();
  let header: readonly string[] | undefined;
  let rows = 0;
  let difference: string | undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- so it parses without `columns`
  for await (const record of parser as AsyncIterable<readonly string[]>) {
    if (header === undefined) {
      header = record;
      continue;
    }
    rows++;
    const wanted: readonly string[] | undefined = due.next().value;
    const row = columns.map((column) => record[header?.indexOf(column) ?? -1]);
    difference ??= different(`row ${rows} and what it must be`, row, wanted ?? 'no row');
  }
  const lacking: readonly string[] | undefined = due.next().value;
  if (lacking !== undefined) difference ??= `behind row ${rows} there is no ${lacking.join()}`;
  return { state: { bytes, rows, sha256: hash.digest('hex') }, difference };
}

async function readJournal(path: string): Promise<{
  readonly ticks: readonly (number | null)[];
  readonly files: ReadonlyMap<string, FileState>;
}> {
  const ticks: (number | null)[] = [];
  const files = new Map<string, FileState>();
  for await (const line of createInterface({ input: createReadStream(path) })) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the recorder under test
    const record = JSON.parse(line) as CommitRecord;
    ticks.push(record.tick);
    for (const [name, state] of Object.entries(record.files)) files.set(name, state);
  }
  return { ticks, files };
}
