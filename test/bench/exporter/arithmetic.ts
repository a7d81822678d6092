/** The middle one, or between the two in the middle. @throws when there is none: that is no figure. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new Error('Nothing was measured: no median.');
  return (lower + upper) / 2;
}

/** @throws when there is none. */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new Error('Nothing was measured: no mean.');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export interface Window {
  /** CPU used in it, in seconds. */
  readonly cpu: number;
  /** Its length, in seconds. */
  readonly seconds: number;
}

/** CPU of one of `count` scrapes, in seconds: without what the process would have used without them. */
export function cpuPerScrape(scraped: Window, idle: Window, count: number): number {
  return (scraped.cpu - (idle.cpu / idle.seconds) * scraped.seconds) / count;
}
