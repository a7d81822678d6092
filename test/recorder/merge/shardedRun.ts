import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createRunFolder } from '../../../recorder/csv/folder.ts';
import type { Mark } from '../../../recorder/csv/records.ts';
import { isoTime } from '../../../recorder/csv/rows.ts';
import type { Outcome } from '../../../recorder/run/connection.ts';
import { describeRun } from '../../../recorder/run/describeRun.ts';
import { createMarks } from '../../../recorder/run/marks.ts';
import { createProgress } from '../../../recorder/run/progress.ts';
import { createTickWriter } from '../../../recorder/run/tickWriter.ts';
import { createAnswerParser } from '../../../recorder/scrape/exposition.ts';
import type { Target } from '../../../recorder/scrape/target.ts';
import { shardOf } from '../../../recorder/shards/rendezvous.ts';
import { runFolderName } from '../../../recorder/shards/runFolderName.ts';

/** What targets showed on the ticks of a run; of a target that is not named nothing is known on that tick. */
export interface Shown {
  /** In the order of one recorder. */
  readonly targets: readonly string[];
  /** By target: what it showed, or why it failed. */
  readonly ticks: readonly Readonly<Record<string, Answered>>[];
  /** Labels, by the index of the tick that they come before. */
  readonly marks?: Readonly<Record<number, string>>;
}

export type Answered =
  | {
      /** Ids, in the order of the answer. */
      readonly containers: readonly string[];
      /** Samples that no table knows. */
      readonly samples?: number;
      /** What a process calls itself. */
      readonly comm?: string;
      /** CPU seconds of a process a tick. */
      readonly cores?: number;
    }
  | { readonly error: string };

/** Seconds between ticks. */
export const interval = 5;
const first = 1_767_225_600;

export function tickAt(index: number): number {
  return first + index * interval;
}

/** A folder of its own, gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-shards-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

/** Records all of it into OUTPUT_DIR/RUN, as one recorder does. @returns the folder. */
export async function recordWhole(outputDir: string, shown: Shown, run = 'run'): Promise<string> {
  await write(outputDir, { run }, shown, outcomesOf(shown));
  return join(outputDir, run);
}

/**
 * Records it into OUTPUT_DIR/RUN/shard=K, as so many recorders do.
 * @param isThere whether a recorder is there on the tick of that index. @returns the run's folder.
 */
export async function recordShards(
  outputDir: string,
  shown: Shown,
  shards: number,
  isThere: (shard: number, tick: number) => boolean = () => true,
): Promise<string> {
  const run = 'run';
  const outcomes = outcomesOf(shown);
  for (let shard = 0; shard < shards; shard++) {
    const own = outcomes.map((all, tick) =>
      isThere(shard, tick) ? all.filter(({ node }) => shardOf(node, shards) === shard) : undefined,
    );
    const targets = shown.targets.filter((name) => shardOf(name, shards) === shard);
    await write(outputDir, { run, shard, shards }, { ...shown, targets }, own, shown.targets);
  }
  return join(outputDir, run);
}

function outcomesOf({ targets, ticks }: Shown): readonly (readonly Outcome[])[] {
  const parsers = new Map(
    targets.map((name) => [name, createAnswerParser({ role: 'daemon', maxSamples: 1e6 })]),
  );
  return ticks.map((answers, index) =>
    targets.flatMap((name, place): readonly Outcome[] => {
      const answered = answers[name];
      if (answered === undefined) return [];
      const target: Target = { name, node: name, url: 'http://10.0.0.1:9822/metrics', role: 'daemon' };
      const told = { target, node: name, role: 'daemon' } as const;
      const tick = tickAt(index);
      const scrape = { requestedAt: tick - 1, answeredAt: tick - 0.999, bytes: 100 };
      const clock = { offset: 0.001 * place, error: 0.0005 };
      if ('error' in answered) return [{ ...told, scrape, up: false, error: answered.error }];
      const body = exposition(tick + 0.001 * (place + 1), index, answered);
      const parse = parsers.get(name);
      if (parse === undefined) return [];
      return [{ ...told, scrape, clock, up: true, answer: parse(Buffer.from(body)) }];
    }),
  );
}

function exposition(
  collected: number,
  tick: number,
  { containers, samples = 0, comm = 'sh', cores = 1 }: Exclude<Answered, { readonly error: string }>,
): string {
  const lines = [
    `kubemon_exporter_collected_timestamp_seconds ${collected.toFixed(3)}`,
    'kubemon_node_info{hostname="h",kernel="6.1",boot_id="b",machine="m",cgroup_version="2",page_size="4096",clock_ticks="100"} 1',
    `kubemon_node_context_switches_total ${tick * 100}`,
    `kubemon_node_disk_reads_completed_total{device="sda"} ${tick}`,
  ];
  for (const id of containers) {
    const labels = `namespace="n",pod="p",container="c",container_id="${id}"`;
    lines.push(
      `kubemon_container_info{${labels},id="${id}",image="i",runtime="r",cgroup="/${id}",pod_uid="u",network_namespace="1"} 1`,
      `kubemon_container_pids{${labels}} ${tick}`,
      `kubemon_process_threads{${labels},pid="7",comm="${comm}"} 1`,
      `kubemon_process_cpu_user_seconds_total{${labels},pid="7",comm="${comm}"} ${tick * cores}`,
      `kubemon_process_start_time_seconds{${labels},pid="7",comm="${comm}"} 5`,
    );
  }
  for (let index = 0; index < samples; index++) lines.push(`app_requests{path="/${index}"} ${tick}`);
  return `${lines.join('\n')}\n`;
}

async function write(
  outputDir: string,
  part: { readonly run: string; readonly shard?: number; readonly shards?: number },
  { targets, marks: labels = {} }: Shown,
  ticks: readonly (readonly Outcome[] | undefined)[],
  all: readonly string[] = targets,
): Promise<void> {
  const progress = createProgress();
  const marks = createMarks();
  const description = {
    ...part,
    labels: { load: 'high' },
    recorder: { host: `recorder-${part.shard ?? 0}`, version: '1.0.0' },
    settings: {
      intervalSeconds: interval,
      timeoutSeconds: 4,
      leadSeconds: 1,
      numDaemons: 0,
      bodySizeLimit: 1 << 20,
      sampleLimit: 1000,
    },
    start: isoTime(first - 2),
  };
  const state = () => ({
    expected: { count: targets.length, reason: `TARGETS names ${targets.length}` },
    targets: targets.map((name) => ({
      name,
      node: name,
      address: '10.0.0.1:9822',
      ...(part.shard !== undefined && { order: `0/${String(all.indexOf(name)).padStart(6, '0')}` }),
      role: 'daemon' as const,
    })),
    marks: marks.listed(),
    progress,
  });
  const manifest = describeRun(description, { ...state(), files: [] });
  const folder = await createRunFolder(outputDir, runFolderName(part), { manifest, interval });
  const writer = createTickWriter(folder, progress);
  for (const [index, outcomes] of ticks.entries()) {
    const label = labels[index];
    if (label !== undefined) {
      const mark: Mark = { timestamp: tickAt(index) - 2.5, label };
      marks.add(mark);
      writer.mark(mark);
    }
    if (outcomes !== undefined) {
      await writer.write(tickAt(index), outcomes);
      continue;
    }
    progress.dropped('The recorder was held up.');
    const detail = 'The recorder was held up.';
    writer.note({
      timestamp: tickAt(index),
      kind: 'tick_dropped',
      node: '',
      target: 'recorder',
      subject: '',
      detail,
    });
  }
  await writer.end();
  const ending = { stop: isoTime(tickAt(ticks.length) - 1), isComplete: true };
  await folder.writeManifest(describeRun(description, { ...state(), files: folder.files(), ending }));
}
