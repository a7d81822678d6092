/**
 * Memory for the last body of a target, used again for each: buffers that live from tick to tick would be old
 * garbage then, which V8 clears away with the dearest kind of collection.
 */
export function createKeptBody(): (body: Buffer) => Buffer {
  let kept: Buffer = Buffer.alloc(0);
  return (body) => {
    const { length } = body;
    // Bodies grow and shrink by a digit here and there.
    if (kept.length < length || kept.length > 2 * length + slack) {
      kept = Buffer.allocUnsafeSlow(length + Math.ceil(length / 16));
    }
    body.copy(kept);
    return kept.subarray(0, length);
  };
}

const slack = 1 << 16;
