import type { StartRequest } from '../api.ts';

/** What a run is asked for with. */
export interface RunRequest extends StartRequest {
  /** It is refused unless so many daemons are connected, or NUM_DAEMONS where that is more. */
  readonly daemons?: number;
}

/** What recorders have agreed on for a run that they record together. */
export interface AgreedStart {
  /** The first tick, in seconds since the epoch; whoever starts later tells the gap. */
  readonly first: number;
}
