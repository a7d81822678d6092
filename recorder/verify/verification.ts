import type { Manifest } from '../run/manifest.ts';
import type { Finding } from './finding.ts';

/** What came of verifying a run's folder. */
export interface Verification {
  /** Absolute; of a run on a recorder its name. */
  readonly path: string;
  /** By run.json, like its state; absent where that does not tell. */
  readonly run?: string;
  readonly state?: Manifest['state'];
  /** No finding is damage. */
  readonly isVerified: boolean;
  /** The last tick up to which all files are what the journal, or without one run.json, says; absent without a tick. */
  readonly wholeTo?: string;
  /** That scrapes.csv has. */
  readonly ticks: number;
  /** What was read of each file. */
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly rows: number }[];
  readonly findings: readonly Finding[];
  /** How many further findings there are of a file. */
  readonly untold: Readonly<Record<string, number>>;
}
