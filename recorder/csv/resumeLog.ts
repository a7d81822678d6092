import { z } from 'zod';
import type { CsvFileName } from './columns.ts';
import type { ContainerLife } from './records.ts';
import type { Lines } from './rows.ts';

/**
 * What a recorder that goes on with a run has to know and no CSV file tells. It grows in the same commits
 * as the CSV files, and is none of the run's own files: hidden, not listed, not served.
 */
export const resumeLogName = '.resume.jsonl';

/** The files that grow with a commit. */
export type RunFileName = CsvFileName | typeof resumeLogName;

const text = z.string();
const seconds = z.number();

const containerLife = z.object({
  node: text,
  namespace: text,
  pod: text,
  container: text,
  containerId: text,
  id: text,
  podUid: text,
  image: text,
  runtime: text,
  cgroup: text,
  networkNamespace: text,
  born: seconds.optional(),
  died: seconds.optional(),
});

const resumeRecord = z.discriminatedUnion('kind', [
  /** The run's first tick. */
  z.object({ kind: z.literal('first'), tick: seconds }),
  /** A container as it is known by now; `ended`: its row is in containers.csv. */
  z.object({ kind: z.literal('life'), target: text, life: containerLife, ended: z.boolean() }),
  /** What must stay the same for a node's counters to go on. */
  z.object({ kind: z.literal('machine'), target: text, bootId: text, exporterStart: text }),
  /** See Interruption. */
  z.object({ kind: z.literal('interruption'), from: text, to: text, ticks: z.int().min(0) }),
  /** The recorder was asked to end and to go on later. */
  z.object({ kind: z.literal('suspended') }),
]);

export type ResumeRecord = z.infer<typeof resumeRecord>;

/** {"kind":"first","tick":1767322445} */
export function resumeLines(records: readonly ResumeRecord[]): Lines {
  return {
    file: resumeLogName,
    text: records.map((record) => `${JSON.stringify(record)}\n`).join(''),
    rows: records.length,
  };
}

/** @throws when a line is no record: only committed text is to be parsed. */
export function parseResumeLine(line: string): ResumeRecord {
  const { data } = resumeRecord.safeParse(JSON.parse(line));
  if (data !== undefined) return data;
  throw new Error(`this version of kubemon does not know what ${resumeLogName} says: ${line}`);
}

export function lifeRecord(target: string, life: ContainerLife, ended: boolean): ResumeRecord {
  return { kind: 'life', target, life, ended };
}
