import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import type { Part, PartReport } from './report.ts';

export interface RunOptions {
  readonly quick: boolean;
  /** Each part gets a folder of its own in this one. */
  readonly scratch: string;
  readonly isInterrupted: () => boolean;
  readonly onReport: (report: PartReport, part: string) => void;
  /** A line of progress, or what went wrong. */
  readonly say: (line: string) => void;
}

export interface Outcome {
  readonly reports: readonly PartReport[];
  /** A sentence for each part that failed. */
  readonly failures: readonly string[];
}

/** Runs one part after the other; what fails costs its own results only. */
export async function runParts(parts: readonly Part[], options: RunOptions): Promise<Outcome> {
  const { quick, scratch, isInterrupted, onReport, say } = options;
  const reports: PartReport[] = [];
  const failures: string[] = [];
  for (const part of parts) {
    if (isInterrupted()) break;
    const folder = join(scratch, part.name);
    mkdirSync(folder);
    try {
      const report = await part.run({ quick, say: (line) => say(`${part.name}: ${line}`), scratch: folder });
      reports.push(report);
      onReport(report, part.name);
    } catch (error) {
      if (isInterrupted()) break;
      say(`${part.name}: ${error instanceof Error ? String(error.stack) : messageOf(error)}`);
      failures.push(`The part "${part.name}" could not be measured: ${messageOf(error)}`);
    }
  }
  return { reports, failures };
}
