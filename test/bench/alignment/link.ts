/** What lies between a scraper and the exporters. */
export interface Link {
  /** Mean delay of what the scraper sends, and of what the exporter answers, in milliseconds. */
  readonly outward: number;
  readonly back: number;
  /** Takes X-Kubemon-Clock off the answers: a kubemon exporter then looks like any other exporter. */
  readonly hidesClock: boolean;
}

export function symmetric(delay: number, hidesClock = false): Link {
  return { outward: delay, back: delay, hidesClock };
}

/** A delay varies evenly between half and one and a half of its mean. */
export const jitter = 0.5;

/** The longest that a piece may be delayed, in milliseconds. */
export function longest(delay: number): number {
  return delay * (1 + jitter);
}
