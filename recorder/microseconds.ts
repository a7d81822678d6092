/** Seconds, rounded to what the clock tells apart, so that no float noise is written. */
export function microseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
