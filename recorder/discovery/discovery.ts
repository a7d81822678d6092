import type { Expected } from '../run/expected.ts';
import type { Target } from '../scrape/target.ts';

/** Where targets come from. */
export interface Discovery {
  /** What to scrape now. */
  targets(): readonly Target[];
  /** How many daemons there ought to be as far as discovery knows. */
  expected(): Expected;
  /** Called after the targets have changed. */
  onChange(listener: () => void): void;
  close(): void;
}
