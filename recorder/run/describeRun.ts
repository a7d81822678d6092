import { csvFiles } from '../csv/columns.ts';
import type { FileSummary } from '../csv/folder.ts';
import { isoTime } from '../csv/rows.ts';
import type { Connection } from './connection.ts';
import { coverage } from './coverage.ts';
import type { Expected } from './expected.ts';
import type { DaemonDescription, Manifest, ManifestFile, TickCounts } from './manifest.ts';
import type { Progress, ProgressTicks } from './progress.ts';
import { judge } from './verdict.ts';

/** What does not change during a run. */
export type RunDescription = Pick<
  Manifest,
  'run' | 'shard' | 'shards' | 'labels' | 'recorder' | 'settings' | 'start'
>;

export interface RunState {
  readonly expected: Expected;
  readonly targets: readonly DaemonDescription[];
  readonly marks: Manifest['marks'];
  readonly progress: Progress;
  /** Absent while the run is on. */
  readonly ending?: RunEnding;
  /** What is committed; none before there is a folder. */
  readonly files: readonly FileSummary[];
}

export interface RunEnding {
  /** When the run was stopped. */
  readonly stop: string;
  /** Nothing is written any more. */
  readonly isComplete: boolean;
}

/** run.json at this moment. */
export function describeRun(description: RunDescription, state: RunState): Manifest {
  const { expected, targets, marks, progress, ending, files } = state;
  const isComplete = ending?.isComplete === true;
  const evidence = {
    ...progress.evidence(),
    intervalSeconds: description.settings.intervalSeconds,
    expected,
    ...(description.shard !== undefined && { shard: description.shard }),
  };
  return {
    schemaVersion: 1,
    run: description.run,
    ...(description.shard !== undefined && { shard: description.shard }),
    ...(description.shards !== undefined && { shards: description.shards }),
    state: isComplete ? 'stopped' : 'recording',
    start: description.start,
    ...(ending && { stop: ending.stop }),
    labels: description.labels,
    verdict: judge(evidence),
    recorder: description.recorder,
    settings: description.settings,
    expected,
    daemons: targets,
    ticks: describeTicks(progress.ticks()),
    interruptions: evidence.interruptions,
    coverage: evidence.targets.map((target) => coverage(target, evidence.ticks.planned)),
    alignment: evidence.alignment,
    clocks: evidence.clocks,
    events: evidence.events,
    marks,
    files: describeFiles(files, isComplete),
  };
}

function describeTicks({ planned, done, dropped, first, last }: ProgressTicks): TickCounts {
  return {
    planned,
    done,
    dropped,
    ...(first !== undefined && { first: isoTime(first) }),
    ...(last !== undefined && { last: isoTime(last) }),
  };
}

/** A file that still grows has no sum: run.json is written less often than the file. */
function describeFiles(summaries: readonly FileSummary[], stopped: boolean): readonly ManifestFile[] {
  return csvFiles.map(({ name, help, columns }) => {
    const summary = summaries.find((each) => each.name === name);
    const { rows, bytes } = summary ?? { rows: 0, bytes: 0 };
    return { name, rows, bytes, ...(stopped && summary && { sha256: summary.sha256 }), help, columns };
  });
}

/** A target without anything secret in its URL: user, password and query are left out. */
export function describeTarget({ target, state }: Connection): DaemonDescription {
  const { role, node, machine } = state();
  const { name, url, pod, order } = target;
  return {
    name,
    node,
    ...(pod !== undefined && { pod }),
    address: new URL(url).host,
    ...(order !== undefined && { order }),
    role,
    ...machine,
  };
}
