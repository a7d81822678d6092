import type { Expected } from '../run/expected.ts';
import type { Target } from '../scrape/target.ts';

/** Where targets come from. */
export interface Discovery {
  /** What to scrape now. What was found stays until it is known to be gone. */
  targets(): readonly Target[];
  /** How many daemons there ought to be as far as discovery knows. */
  expected(): Expected;
  /** Of so many daemons in all shards those that are this one's; absent where there is one recorder. */
  readonly share?: (daemons: number) => number;
  /** What keeps discovery from knowing what is there now. */
  problems(): readonly Problem[];
  /** Resolves when the targets are known, or cannot be: the problems say why. */
  found(): Promise<void>;
  /** Called after the targets or the expected number have changed. */
  onChange(listener: () => void): void;
  close(): void;
}

export interface Problem {
  /** A sentence for the person who must act. */
  readonly message: string;
  /** Seconds since the epoch. */
  readonly since: number;
  /** The entry of SERVICE_NAME of which targets are not recorded for it; absent where it costs none. */
  readonly unrecorded?: string;
}
