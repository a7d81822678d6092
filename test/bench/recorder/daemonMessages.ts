/** What the process of the simulated daemons is told at its start, as JSON in its only argument. */
export interface FleetOptions {
  readonly daemons: number;
  /** About so many a scrape. */
  readonly samples: number;
  /** Seconds between two steps of the counters. */
  readonly interval: number;
  /**
   * Whether they answer compressed whoever asks for it, as on a network: their addresses are then such that
   * the recorder does not see that they are on its own machine, where it would not ask.
   */
  readonly compressed: boolean;
  /** They have addresses of their own (daemonAddress.ts) and one port; else ports of their own. */
  readonly addressed?: boolean;
  /** Share of the series that are new at each step. */
  readonly churn: number;
  /** The first so many answer so many seconds after the moment that they are asked for. */
  readonly late?: { readonly daemons: number; readonly seconds: number };
  /** File with a recorded exposition. */
  readonly recorded: string;
}

/** What it tells once it serves. */
export interface FleetStarted {
  /** One of each daemon. */
  readonly ports: readonly number[];
  readonly samplesPerScrape: number;
  /** Bytes of an answer, before and after compression. */
  readonly bytesPerScrape: number;
  readonly bytesOnWire: number;
}

/** A request that asked for a moment. Seconds since the epoch, by the clock of the daemon. */
export interface Arrival {
  readonly daemon: number;
  readonly at: number;
  readonly arrivedAt: number;
}

/** Asked for with the message `arrivals`: those since it was asked for last. */
export type Arrivals = readonly Arrival[];
