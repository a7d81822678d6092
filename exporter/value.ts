import type { KernelUnit } from './metrics/spec.ts';
import type { Value } from './parse/reading.ts';

/** Sizes that differ from machine to machine. */
export interface UnitSizes {
  /** Bytes. */
  readonly pageSize: number;
  /** A second; USER_HZ, see getconf CLK_TCK. */
  readonly clockTicks: number;
}

/**
 * How a value in the kernel's unit is written in Prometheus' base unit, as the shortest exact decimal:
 * 1234 ticks of a hundredth are "12.34", never "12.340000000000002".
 */
export function formatter(unit: KernelUnit, sizes: UnitSizes): (value: Value) => string {
  switch (unit) {
    case 'count':
    case 'bytes':
    case 'seconds':
    case 'cores':
    case 'load':
      return String;
    case 'KiB':
      return (value) => multiple(value, 1024);
    case 'pages':
      return (value) => multiple(value, sizes.pageSize);
    case 'sectors':
      return (value) => multiple(value, 512);
    case 'ticks':
      if (!Number.isInteger(Math.log10(sizes.clockTicks)))
        return (value) => String(Number(value) / sizes.clockTicks);
      return (value) => shifted(value, Math.log10(sizes.clockTicks));
    case 'ms':
      return (value) => shifted(value, 3);
    case 'us':
      return (value) => shifted(value, 6);
    case 'ns':
      return (value) => shifted(value, 9);
  }
}

function multiple(value: Value, factor: number): string {
  if (typeof value === 'number') {
    const product = value * factor;
    if (Math.abs(product) <= Number.MAX_SAFE_INTEGER) return String(product);
  }
  return String(BigInt(value) * BigInt(factor));
}

// Of at most 15 digits the nearest double prints as the very decimal that was divided for.
function shifted(value: Value, digits: number): string {
  if (value === 0) return '0';
  const scale = 10 ** digits;
  if (typeof value === 'number' && value < 1e15 && value > scale / 1e6) return String(value / scale);
  const text = String(value).padStart(digits + 1, '0');
  const fraction = text.slice(-digits).replace(/0+$/, '');
  const whole = text.slice(0, -digits);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
