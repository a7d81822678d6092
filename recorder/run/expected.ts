/** How many daemons there ought to be, and how that is known: words for after "expected". */
export interface Expected {
  readonly count: number;
  readonly reason: string;
}

/** The larger counts: what is expected once stays expected. */
export function larger(a: Expected, b: Expected): Expected {
  return b.count > a.count ? b : a;
}
