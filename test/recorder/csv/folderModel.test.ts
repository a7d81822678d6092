import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvFiles } from '../../../recorder/csv/columns.ts';
import { createRunFolder, reopenRunFolder, type RunFolder } from '../../../recorder/csv/folder.ts';
import { journalName } from '../../../recorder/csv/journal.ts';
import { resumeLogName, type RunFileName } from '../../../recorder/csv/resumeLog.ts';
import { header } from '../../../recorder/csv/rows.ts';
import { journalRecords } from '../../support/journal.ts';
import { describeWith } from '../../support/needs.ts';
import { prlimit, withFileLimit } from './fileLimit.ts';

/** Seconds: every fourth commit is synced. */
const interval = 0.25;
const names: readonly RunFileName[] = [...csvFiles.map(({ name }) => name), resumeLogName];
const written = ['node.csv', 'marks.csv', resumeLogName] as const satisfies readonly RunFileName[];

type Contents = ReadonlyMap<RunFileName, Buffer>;

type Step =
  | { readonly kind: 'append'; readonly file: RunFileName; readonly text: string }
  | { readonly kind: 'commit' | 'restart' }
  /** So many bytes of room are left in the files when a tick is committed. */
  | { readonly kind: 'full'; readonly room: number }
  /** SIGKILL: what was written stays, with a part of the tick in flight. */
  | { readonly kind: 'kill'; readonly torn: readonly number[] }
  /**
   * What was not synced is kept in part, of each file another; `zeros`: its end is there, but never got its
   * bytes; nor did what lies between two shares of it.
   */
  | {
      readonly kind: 'power cut';
      readonly kept: readonly number[];
      readonly zeros: boolean;
      readonly hole: readonly [from: number, to: number];
    };

/** All, nothing or a part. */
const part = fc.oneof(fc.constant(1), fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true }));
const shares = fc.array(part, {
  minLength: names.length + 1,
  maxLength: names.length + 1,
});
const kind = <K extends string>(value: K) => fc.constant(value);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: kind('append'),
      file: fc.constantFrom(...written),
      text: fc.string({ unit: 'binary', maxLength: 40 }).map((text) => `${text}\n`),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: kind('commit') }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('restart') }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('full'), room: fc.nat(60) }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('kill'), torn: shares }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('power cut'),
      kept: shares,
      zeros: fc.boolean(),
      hole: fc.tuple(part, part),
    }),
  },
);

/** A run's folder, and beside it in memory what each of its commits must have left. */
async function createModel(outputDir: string) {
  const commits: Contents[] = [
    new Map(names.map((name) => [name, Buffer.from(headers.get(name) ?? '')] as const)),
  ];
  let pending = new Map<RunFileName, string>();
  let tick = 0;
  let folder: RunFolder = await createRunFolder(outputDir, 'run', { manifest: {}, interval });
  const path = (name: string) => join(outputDir, 'run', name);

  function after(): Contents {
    const last = commits.at(-1);
    return new Map(
      names.map((name) => [
        name,
        Buffer.concat([last?.get(name) ?? Buffer.alloc(0), Buffer.from(pending.get(name) ?? '')]),
      ]),
    );
  }

  async function records() {
    return journalRecords(await readFile(path(journalName), 'utf8'));
  }

  async function commit(): Promise<void> {
    const contents = after();
    pending = new Map();
    await folder.commit(++tick);
    commits.push(contents);
  }

  /** The recorder ends without a word; the files are then as given. */
  async function end(files: ReadonlyMap<string, Buffer>): Promise<void> {
    pending = new Map();
    await folder.close();
    for (const [name, content] of files) await writeFile(path(name), content);
    folder = await reopenRunFolder(outputDir, 'run', interval);
  }

  const acts = {
    append({ file, text }: Step & { kind: 'append' }) {
      folder.append({ file, text, rows: 1 });
      pending.set(file, (pending.get(file) ?? '') + text);
    },
    commit,
    async full({ room }: Step & { kind: 'full' }) {
      const { size } = await stat(path('node.csv'));
      await withFileLimit(size + room, () =>
        commit().catch((error: unknown) => {
          expect(error).toMatchObject({ name: 'CommitError', code: 'EFBIG' });
        }),
      );
    },
    async restart() {
      const contents = after();
      pending = new Map();
      await folder.close();
      // A commit for what was left, or for what was not durable.
      if ((await records()).length > commits.length) commits.push(contents);
      folder = await reopenRunFolder(outputDir, 'run', interval);
    },
    async kill({ torn }: Step & { kind: 'kill' }) {
      const files = new Map<string, Buffer>();
      for (const [index, name] of names.entries()) {
        const flight = Buffer.from(pending.get(name) ?? '');
        files.set(
          name,
          Buffer.concat([await readFile(path(name)), flight.subarray(0, share(flight.length, torn[index]))]),
        );
      }
      const record = Buffer.from('{"tick":9999999999,"synced":true,"files":{}}');
      const journal = await readFile(path(journalName));
      files.set(journalName, Buffer.concat([journal, record.subarray(0, share(record.length, torn.at(-1)))]));
      await end(files);
    },
    async 'power cut'({ kept, zeros, hole }: Step & { kind: 'power cut' }) {
      const told = await records();
      const durable = told.findLastIndex(({ synced }) => synced === true);
      const files = new Map<string, Buffer>();
      for (const [index, name] of names.entries()) {
        const least = commits[durable]?.get(name)?.length ?? Number.NaN;
        const content = await readFile(path(name));
        files.set(name, pierced(cutOff(content, least, kept[index], zeros), least, hole));
      }
      const journal = await readFile(path(journalName));
      const lines = journal
        .toString()
        .split('\n')
        .slice(0, durable + 1)
        .map((line) => `${line}\n`)
        .join('');
      const least = lines.length;
      const journalLeft = pierced(cutOff(journal, least, kept.at(-1), zeros), least, hole);
      files.set(journalName, journalLeft);
      const [beforeHole = ''] = journalLeft.toString().split('\0');
      const recorded = journalRecords(beforeHole).length;
      const left = commits.findLastIndex(
        (contents, index) =>
          index < recorded && names.every((name) => startsWith(files.get(name), contents.get(name))),
      );
      expect(left).toBeGreaterThanOrEqual(durable);
      await end(files);
      commits.length = left + 1;
    },
  };

  return {
    async act(each: Step): Promise<void> {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each kind has its own act
      await (acts[each.kind] as (of: Step) => Promise<void> | void)(each);
    },
    /** What is there, and what must be. */
    async contents() {
      const found = new Map<string, Buffer>();
      for (const name of names) found.set(name, await readFile(path(name)));
      return {
        found: { files: found, commits: (await records()).length },
        wanted: { files: commits.at(-1), commits: commits.length },
      };
    },
    close: () => folder.close(),
  };
}

const headers = new Map<RunFileName, string>(csvFiles.map((file) => [file.name, header(file)]));

function share(length: number, of: number | undefined): number {
  return Math.floor(length * (of ?? 0));
}

function cutOff(content: Buffer, least: number, kept: number | undefined, zeros: boolean): Buffer {
  const length = least + share(content.length - least, kept);
  return Buffer.concat([content.subarray(0, length), Buffer.alloc(zeros ? content.length - length : 0)]);
}

function pierced(content: Buffer, least: number, [from, to]: readonly [number, number]): Buffer {
  const unsynced = content.length - least;
  const start = least + share(unsynced, from);
  return Buffer.from(content).fill(0, start, Math.max(start, least + share(unsynced, to)));
}

function startsWith(content: Buffer | undefined, start: Buffer | undefined): boolean {
  return start !== undefined && content?.subarray(0, start.length).equals(start) === true;
}

describeWith([prlimit], 'whatever befalls the folder of a run', () => {
  test(
    'what was committed, and for a power cut synced, is there byte for byte, and nothing else',
    { timeout: 300_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
          const outputDir = await mkdtemp(join(tmpdir(), 'folder-model-'));
          try {
            const model = await createModel(outputDir);
            for (const each of steps) {
              await model.act(each);
              const { found, wanted } = await model.contents();
              expect(found).toEqual(wanted);
            }
            await model.close();
          } finally {
            await rm(outputDir, { recursive: true });
          }
        }),
        { numRuns: 15 },
      );
    },
  );
});
