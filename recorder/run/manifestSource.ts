import type { FileSummary } from '../csv/folder.ts';
import type { Connection } from './connection.ts';
import { describeRun, describeTarget, type RunDescription, type RunEnding } from './describeRun.ts';
import { type Expected, larger } from './expected.ts';
import type { DaemonDescription, Manifest } from './manifest.ts';
import type { Marks } from './marks.ts';
import type { Progress } from './progress.ts';
import { roleAfter } from './targetResult.ts';

/** @param ending absent while the run is on. */
export type ManifestSource = (
  progress: Progress,
  files: readonly FileSummary[],
  ending?: RunEnding,
) => Manifest;

/**
 * run.json as it is at each call. It remembers what was there once: a target that is gone was recorded
 * all the same, and a daemon that was expected stays expected.
 */
export function createManifestSource(run: {
  readonly description: RunDescription;
  readonly connections: () => readonly Connection[];
  readonly expected: () => Expected;
  readonly marks: Pick<Marks, 'listed'>;
  /** run.json as it was when the recorder ended. */
  readonly past?: Pick<Manifest, 'daemons' | 'expected'>;
}): ManifestSource {
  const targets = new Map(run.past?.daemons.map((daemon) => [daemon.name, daemon]));
  let expected = run.past?.expected ?? run.expected();

  return (progress, files, ending) => {
    for (const connection of run.connections()) {
      const { name } = connection.target;
      targets.set(name, joined(targets.get(name), describeTarget(connection)));
    }
    expected = larger(expected, run.expected());
    return describeRun(run.description, {
      expected,
      targets: [...targets.values()],
      marks: run.marks.listed(),
      progress,
      files,
      ...(ending !== undefined && { ending }),
    });
  };
}

/** One that has not answered since the recorder was started again is still what it was. */
function joined(before: DaemonDescription | undefined, now: DaemonDescription): DaemonDescription {
  return { ...before, ...now, role: roleAfter(before?.role, now.role) };
}
