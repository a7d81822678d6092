import type { FileSummary } from '../csv/folder.ts';
import type { Mark } from '../csv/records.ts';
import type { Connection } from './connection.ts';
import { describeRun, describeTarget, type RunDescription } from './describeRun.ts';
import { type Expected, larger } from './expected.ts';
import type { DaemonDescription, Manifest } from './manifest.ts';
import type { Progress } from './progress.ts';

/** @param stop when the run was stopped; absent while it is on. */
export type ManifestSource = (files: readonly FileSummary[], stop?: string) => Manifest;

/**
 * run.json as it is at each call. It remembers what was there once: a target that is gone was recorded
 * all the same, and a daemon that was expected stays expected.
 */
export function createManifestSource(run: {
  readonly description: RunDescription;
  readonly connections: () => readonly Connection[];
  readonly expected: () => Expected;
  readonly marks: readonly Mark[];
  readonly progress: Progress;
}): ManifestSource {
  const targets = new Map<string, DaemonDescription>();
  let expected = run.expected();

  return (files, stop) => {
    for (const connection of run.connections()) {
      targets.set(connection.target.name, describeTarget(connection));
    }
    expected = larger(expected, run.expected());
    return describeRun(run.description, {
      expected,
      targets: [...targets.values()],
      marks: run.marks,
      progress: run.progress,
      files,
      ...(stop !== undefined && { stop }),
    });
  };
}
