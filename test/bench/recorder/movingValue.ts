/** The text of a value after so many steps. */
export type MovingValue = (step: number) => string;

/**
 * How a recorded value goes on: a counter that was counting moves by the same amount at every step, exactly, and
 * never goes back; all else stays as it was recorded.
 */
export function movingValue(series: string, recorded: string): MovingValue {
  const [, whole, decimals = ''] = /^(\d+)(?:\.(\d+))?$/.exec(recorded) ?? [];
  const isCounter = /_total(?:\{|\s|$)/.test(series);
  if (!isCounter || whole === undefined || recorded === '0') return () => recorded;
  const start = BigInt(whole + decimals);
  const stride = BigInt(strideOf(series, decimals.length));
  return (step) => {
    const digits = (start + stride * BigInt(step)).toString().padStart(decimals.length + 1, '0');
    if (decimals === '') return digits;
    const point = digits.length - decimals.length;
    return `${digits.slice(0, point)}.${digits.slice(point)}`.replace(/\.?0+$/, '');
  };
}

/** In units of the last decimal: up to a second of time, some pages of bytes, some of everything else. */
function strideOf(series: string, decimals: number): number {
  let hash = 0;
  for (let index = 0; index < series.length; index++) hash = (hash * 31 + series.charCodeAt(index)) >>> 0;
  const some = 1 + (hash % 97);
  if (decimals > 0) return some * 10 ** Math.max(0, decimals - 2);
  return series.includes('bytes') ? some * 4096 : some;
}
