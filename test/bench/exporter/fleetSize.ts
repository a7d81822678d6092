export interface FleetSize {
  readonly containers: number;
  readonly processes: number;
}

/** Containers that are being started. */
export interface StartingFleet {
  readonly started: Promise<void>;
  /** Also those that are just being started. */
  remove(): Promise<void>;
}

/** How many processes are one container's, so that those of all sum up to the whole. */
export function shareOf(processes: number, containers: number, number: number): number {
  const upTo = (count: number) => Math.floor((processes * count) / containers);
  return upTo(number + 1) - upTo(number);
}
