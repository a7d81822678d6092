/** 1,234,567 */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

export function milliseconds(seconds: number): string {
  return `${count(seconds * 1000)} ms`;
}

export function megabytes(bytes: number): string {
  return `${count(bytes / 1e6)} MB`;
}

/** 99.9 %, and never 100 % of less than all. */
export function percent(share: number, digits = 1): string {
  const scale = 10 ** (digits + 2);
  return `${(Math.floor(share * scale + 1e-6) / 10 ** digits).toFixed(digits)} %`;
}
