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
