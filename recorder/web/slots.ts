/** Gives each line one of a few colours, which it keeps as long as it is drawn. */
export interface Slots {
  /** @param keys no more than there are slots. */
  assign(keys: readonly string[]): void;
  /** -1: it has none. */
  of(key: string): number;
}

export function createSlots(size: number): Slots {
  const slots = Array.from({ length: size }, (): string | undefined => undefined);
  return {
    assign(keys) {
      const wanted = new Set(keys);
      for (const [slot, key] of slots.entries())
        if (key !== undefined && !wanted.has(key)) slots[slot] = undefined;
      for (const key of keys) if (!slots.includes(key)) slots[slots.indexOf(undefined)] = key;
    },
    of: (key) => slots.indexOf(key),
  };
}
