/** UTF-8 text that is put together of strings and of bytes of an earlier one, in memory that is used again. */
export interface GrowingText {
  /** In bytes. */
  readonly length: number;
  begin(): void;
  write(text: string): void;
  /** What lies behind each other is copied at once. */
  copy(from: Buffer, start: number, end: number): void;
  /** All of it; valid until the next text begins. */
  end(): Buffer;
}

/** A character of a string takes at most so many bytes. */
const widest = 3;

export function createGrowingText(): GrowingText {
  let bytes: Buffer = Buffer.allocUnsafeSlow(64 * 1024);
  let written = 0;
  /** What is still to be copied. */
  let source = bytes;
  let from = 0;
  let to = 0;

  function makeRoom(length: number): void {
    if (written + length <= bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (written + length));
    bytes.copy(larger, 0, 0, written);
    bytes = larger;
  }

  function copyPending(): void {
    makeRoom(to - from);
    source.copy(bytes, written, from, to);
    written += to - from;
    from = to;
  }

  return {
    get length() {
      return written + to - from;
    },
    begin() {
      written = 0;
      to = from;
    },
    write(text) {
      if (to > from) copyPending();
      makeRoom(widest * text.length);
      written += bytes.write(text, written);
    },
    copy(other, start, end) {
      if (other === source && start === to) {
        to = end;
        return;
      }
      copyPending();
      source = other;
      from = start;
      to = end;
    },
    end() {
      copyPending();
      return bytes.subarray(0, written);
    },
  };
}
