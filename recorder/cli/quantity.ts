import { plain } from './plain.ts';

/** Quantities as a person reads them. */

/** 12,345 */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 tick`, `2 ticks` */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** 812 B, 1.4 MB: powers of 1000. */
export function bytes(value: number): string {
  let scaled = value;
  let unit = '';
  for (const larger of ['k', 'M', 'G', 'T']) {
    // 999.96 kB would be shown as 1000.0 kB.
    if (scaled < 999.95) break;
    scaled /= 1000;
    unit = larger;
  }
  return `${unit === '' ? scaled : scaled.toFixed(1)} ${unit}B`;
}

/** 90 s, 0.5 s, 12 min, 3 h 20 min, 12 days. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds * 10) / 10} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 72) return `${hours} h ${minutes % 60} min`;
  return `${count(Math.floor(hours / 24))} days`;
}

/** 100 %, 99.2 %: what is not all is never shown as all. */
export function percent(share: number): string {
  return `${share < 1 ? Math.floor(share * 1000) / 10 : 100} %`;
}

/** 0.421 ms, 12.3 ms, 1.50 s */
export function precise(seconds: number): string {
  return seconds < 1 ? `${(seconds * 1000).toPrecision(3)} ms` : `${seconds.toPrecision(3)} s`;
}

/** 2026-11-22 15:12:40, in UTC, of an ISO 8601 text. */
export function moment(iso: string): string {
  return plain(iso.slice(0, 19).replace('T', ' '));
}
