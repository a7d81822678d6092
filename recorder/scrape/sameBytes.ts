/**
 * Whether so many bytes of two bodies are the same: the inner loop of reading a known body. Sixteen at once, with one
 * branch for all of them; the last sixteen may have been looked at in part.
 */
export function sameBytes(a: DataView, aStart: number, b: DataView, bStart: number, length: number): boolean {
  if (aStart + length > a.byteLength || bStart + length > b.byteLength) return false;
  if (length < 16) return sameFewBytes(a, aStart, b, bStart, length);
  const last = length - 16;
  for (let at = 0; at < last; at += 16) {
    if (differ16(a, aStart + at, b, bStart + at)) return false;
  }
  return !differ16(a, aStart + last, b, bStart + last);
}

function differ16(a: DataView, aStart: number, b: DataView, bStart: number): boolean {
  return (
    ((a.getInt32(aStart, true) ^ b.getInt32(bStart, true)) |
      (a.getInt32(aStart + 4, true) ^ b.getInt32(bStart + 4, true)) |
      (a.getInt32(aStart + 8, true) ^ b.getInt32(bStart + 8, true)) |
      (a.getInt32(aStart + 12, true) ^ b.getInt32(bStart + 12, true))) !==
    0
  );
}

function sameFewBytes(a: DataView, aStart: number, b: DataView, bStart: number, length: number): boolean {
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    if (a.getInt32(aStart + at, true) !== b.getInt32(bStart + at, true)) return false;
  }
  for (; at < length; at++) {
    if (a.getUint8(aStart + at) !== b.getUint8(bStart + at)) return false;
  }
  return true;
}

export function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}
