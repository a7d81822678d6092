/** A number as integer / 10^scale. */
interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** What a double holds exactly, however its point lies. */
const exactDigits = 15;

/** left - right of numbers as they are written, to the last digit; undefined where one of them is no finite number. */
export function subtract(left: string, right: string): string | undefined {
  const quick = subtractShort(left, right);
  if (quick !== undefined) return quick;
  const a = parse(left);
  const b = parse(right);
  if (a === undefined || b === undefined) return undefined;
  const scale = Math.max(a.scale, b.scale);
  return format(shifted(a, scale) - shifted(b, scale), scale);
}

/** left + right, as `subtract`. */
export function add(left: string, right: string): string | undefined {
  const a = parse(left);
  const b = parse(right);
  if (a === undefined || b === undefined) return undefined;
  const scale = Math.max(a.scale, b.scale);
  return format(shifted(a, scale) + shifted(b, scale), scale);
}

/** left x right, as `subtract`. */
export function multiply(left: string, right: string): string | undefined {
  const a = parse(left);
  const b = parse(right);
  return a && b && format(a.digits * b.digits, a.scale + b.scale);
}

/** Most cells are short: a tenth of the time. */
function subtractShort(left: string, right: string): string | undefined {
  if (left.length > exactDigits || right.length > exactDigits) return undefined;
  if (!plain.test(left) || !plain.test(right)) return undefined;
  const scale = Math.max(fractionDigits(left), fractionDigits(right));
  const a = whole(left, scale);
  const b = whole(right, scale);
  return Number.isSafeInteger(a) && Number.isSafeInteger(b) ? format(a - b, scale) : undefined;
}

const plain = /^-?\d+(?:\.\d+)?$/;

function fractionDigits(text: string): number {
  const point = text.indexOf('.');
  return point === -1 ? 0 : text.length - point - 1;
}

function whole(text: string, scale: number): number {
  return Number(text.replace('.', '') + '0'.repeat(scale - fractionDigits(text)));
}

function parse(text: string): Decimal | undefined {
  const [, sign = '', integer = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,3}))?$/.exec(text) ?? [];
  if (integer === '' && fraction === '') return undefined;
  const digits = BigInt(`${integer}${fraction}`) * (sign === '-' ? -1n : 1n);
  const scale = fraction.length - Number(exponent);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

function shifted({ digits, scale }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(to - scale);
}

/** Without zeros that tell nothing: 1.5, not 1.500. */
function format(digits: number | bigint, scale: number): string {
  const text = String(digits);
  if (scale === 0 || text === '0') return text;
  const sign = text.startsWith('-') ? '-' : '';
  const padded = text.slice(sign.length).padStart(scale + 1, '0');
  const fraction = padded.slice(-scale).replace(/0+$/, '');
  return `${sign}${padded.slice(0, -scale)}${fraction === '' ? '' : `.${fraction}`}`;
}
