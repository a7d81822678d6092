/** How a chart's values are written. */
export type Unit = 'cores' | 'bytes' | 'bytesPerSecond';

/** An empty cell says that there is nothing to tell. */
export const unknown = '–';

/** `1.25`, `3.4 MiB`, `12 KiB/s`. */
export function quantity(value: number | undefined, unit: Unit): string {
  if (value === undefined) return unknown;
  if (unit === 'cores') return value === 0 ? '0' : value.toFixed(value < 0.1 ? 3 : 2);
  return unit === 'bytes' ? bytes(value) : `${bytes(value)}/s`;
}

const prefixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];

/** `512 B`, `1.5 KiB`, `120 MiB`. */
export function bytes(value: number): string {
  const power = Math.min(
    prefixes.length - 1,
    Math.max(0, Math.floor(Math.log2(Math.max(1, Math.abs(value))) / 10)),
  );
  const scaled = value / 1024 ** power;
  const isWhole = power === 0 || Math.abs(scaled) >= 99.95 || Number.isInteger(scaled);
  return `${scaled.toFixed(isWhole ? 0 : 1)} ${prefixes[power] ?? ''}B`;
}

/** `12,345`. */
export function count(value: number): string {
  return value.toLocaleString('en');
}

/** `100 %`, `99.98 %`: a share that is not whole is never shown as if it were. */
export function share(value: number | undefined): string {
  if (value === undefined) return unknown;
  return `${value === 1 ? '100' : Math.min(99.99, value * 100).toFixed(value < 0.9 ? 1 : 2)} %`;
}

/** `0.31 ms`, `1.2 s`. */
export function milliseconds(seconds: number | undefined): string {
  if (seconds === undefined) return unknown;
  const milli = seconds * 1000;
  if (Math.abs(milli) >= 1000) return `${seconds.toFixed(1)} s`;
  return `${milli.toFixed(Math.abs(milli) < 10 ? 2 : 0)} ms`;
}

/** `45 s`, `12:30`, `1:02:03`, `2 d 01:00:00`. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${seconds < 10 && !Number.isInteger(seconds) ? seconds.toFixed(1) : whole} s`;
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (hours === 0) return `${minutes}:${two(rest)}`;
  if (hours < 24) return `${hours}:${two(minutes)}:${two(rest)}`;
  return `${Math.floor(hours / 24)} d ${two(hours % 24)}:${two(minutes)}:${two(rest)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** `2026-11-23 04:47:24`, in UTC as in all files. */
export function moment(time: string): string {
  return time.slice(0, 19).replace('T', ' ');
}

/** `test007` behind test006: the first number that no run has. */
export function nextName(runs: readonly string[]): string {
  const used = runs.map((run) => Number(/^test(\d{3,9})$/.exec(run)?.[1] ?? -1));
  return `test${String(Math.max(-1, ...used) + 1).padStart(3, '0')}`;
}
