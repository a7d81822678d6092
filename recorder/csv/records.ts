/** A row of marks.csv: a moment of the run that the user named. */
export interface Mark {
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly label: string;
}

/** A row of containers.csv: one container's life, as far as the run saw it. */
export interface ContainerLife {
  readonly node: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** 12 hex digits, as in the other files. */
  readonly containerId: string;
  /** The full id. */
  readonly id: string;
  readonly podUid: string;
  readonly image: string;
  readonly runtime: string;
  readonly cgroup: string;
  readonly networkNamespace: string;
  /** Seconds since the epoch: its start; where that is not known, the first tick that saw it. */
  readonly born: number | undefined;
  /** Seconds since the epoch: the first tick that no longer saw it; undefined: it was not seen to end. */
  readonly died: number | undefined;
}

/** A row of scrapes.csv. Times are seconds since the epoch, lengths are seconds. */
export interface ScrapeRecord {
  /** The tick. */
  readonly timestamp: number;
  readonly node: string;
  readonly target: string;
  readonly requestedAt: number | undefined;
  readonly answeredAt: number | undefined;
  /** As scraped, like the three others of type string. */
  readonly collectedAt: string | undefined;
  readonly skewSeconds: number | undefined;
  readonly clockOffsetSeconds: number | undefined;
  readonly clockOffsetErrorSeconds: number | undefined;
  readonly collectionSeconds: string | undefined;
  readonly samples: number | undefined;
  readonly bytes: number | undefined;
  readonly up: boolean;
  /** One line; undefined when up. */
  readonly error: string | undefined;
  readonly exporterCpuSeconds: string | undefined;
  readonly exporterResidentMemoryBytes: string | undefined;
}
