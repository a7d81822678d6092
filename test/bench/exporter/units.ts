/** 12.3 ms */
export function milliseconds(seconds: number): string {
  const value = seconds * 1000;
  return `${value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0)} ms`;
}

/** 24.5 us */
export function microseconds(seconds: number): string {
  return `${(seconds * 1e6).toFixed(1)} us`;
}

/** 98.1 MB, of 1,000,000 bytes, as the goals are. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** 2.5 x */
export function times(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : ratio < 100 ? 1 : 0)} x`;
}
