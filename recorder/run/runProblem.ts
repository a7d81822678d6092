/** What keeps a run from being recorded as it should be, while it lasts. */
export interface RunProblem {
  /** A sentence or more. */
  readonly message: string;
  /** Seconds since the epoch. */
  readonly since: number;
}
