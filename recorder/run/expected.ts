/** How many daemons there ought to be, and how that is known: words for after "expected". */
export interface Expected {
  readonly count: number;
  readonly reason: string;
}

/** The larger counts: what is expected once stays expected. */
export function larger(a: Expected, b: Expected): Expected {
  return b.count > a.count ? b : a;
}

/** Of two sources that know nothing of each other. */
export function sum(a: Expected, b: Expected): Expected {
  return { count: a.count + b.count, reason: `${a.reason}, and ${b.reason}` };
}
