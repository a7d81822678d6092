import type { Layout } from './layout.ts';
import { headLengthField, lengthField, seriesFields, sizeFields, tailLengthField } from './notes.ts';
import { viewOf } from './sameBytes.ts';

/** Copies the values of a body, one behind the other. */
export type KeepValues = (
  body: DataView,
  noted: Pick<Layout, 'series' | 'sizes'>,
  samples: number,
) => DataView;

/**
 * Memory for the last values of a target, used again for each body: buffers that live from tick to tick would be old
 * garbage then, which V8 clears away with the dearest kind of collection.
 */
export function createKeptValues(): KeepValues {
  let kept = viewOf(Buffer.alloc(0));
  return (body, { series, sizes }, samples) => {
    const needed = lengthOf(sizes, samples) + word;
    // Values grow and shrink by a digit here and there.
    if (kept.byteLength < needed || kept.byteLength > 2 * needed + slack) {
      kept = viewOf(Buffer.allocUnsafeSlow(needed + Math.ceil(needed / 16)));
    }
    const lastWord = body.byteLength - word;
    let from = 0;
    let to = 0;
    for (let sample = 0; sample < samples; sample++) {
      const index = sample * seriesFields;
      from += (series[index + headLengthField] ?? 0) + (series[index + tailLengthField] ?? 0);
      const length = sizes[sample * sizeFields + lengthField] ?? 0;
      // A word at a time: what is copied of the next gap, the next value is written over.
      const words = Math.min(length, lastWord - from);
      let at = 0;
      for (; at < words; at += word) kept.setInt32(to + at, body.getInt32(from + at));
      for (; at < length; at++) kept.setUint8(to + at, body.getUint8(from + at));
      from += length;
      to += length;
    }
    return kept;
  };
}

/** Bytes. */
const word = 4;
const slack = 1 << 12;

function lengthOf(sizes: Int32Array, samples: number): number {
  let length = 0;
  for (let sample = 0; sample < samples; sample++) length += sizes[sample * sizeFields + lengthField] ?? 0;
  return length;
}
