/** Kinds of setting values: text in, value out; a RangeError says what is allowed. */

export function text(value: string): string {
  return value;
}

export function integer(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max) {
      throw new RangeError(`a whole number from ${min} to ${max}`);
    }
    return number;
  };
}

export const port = integer(0, 65535);

/** Seconds, fractions allowed. */
export function seconds(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+(\.\d+)?$/.test(value) || number < min || number > max) {
      throw new RangeError(`seconds from ${min} to ${max}`);
    }
    return number;
  };
}

/** 90, 90s, 10m, 1h; in seconds. */
export function duration(value: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)([smh])?$/.exec(value) ?? [];
  const length = Number(number) * (secondsIn[unit] ?? Number.NaN);
  if (!(length > 0 && length < Infinity)) throw new RangeError('a duration such as 90, 90s, 10m or 1h');
  return length;
}

const secondsIn: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

export function boolean(value: string): boolean {
  if (/^(true|1|yes|on)$/i.test(value)) return true;
  if (/^(false|0|no|off)$/i.test(value)) return false;
  throw new RangeError('true or false');
}

/** 1048576, 256Mi, 2G; in bytes. */
export function bytes(value: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([KMGT]i?)?$/.exec(value) ?? [];
  if (number === undefined) throw new RangeError('bytes such as 1048576, 256Mi or 2G');
  const exponent = unit === '' ? 0 : 'KMGT'.indexOf(unit.charAt(0)) + 1;
  return Math.round(Number(number) * (unit.endsWith('i') ? 1024 : 1000) ** exponent);
}

/** Words separated by spaces or commas. */
export function words(value: string): readonly string[] {
  return value.split(/[\s,]+/).filter((word) => word !== '');
}

export function regex(value: string): RegExp {
  try {
    return new RegExp(value);
  } catch (error) {
    throw new RangeError(`a regular expression (${error instanceof Error ? error.message : ''})`, {
      cause: error,
    });
  }
}

export function oneOf<const T extends string>(...allowed: readonly T[]): (value: string) => T {
  return (value) => {
    const found = allowed.find((word) => word === value);
    if (found === undefined) throw new RangeError(`one of ${allowed.join(', ')}`);
    return found;
  };
}
