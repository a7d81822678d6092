/** Does one thing after the other. */
export interface Queue {
  /**
   * Resolves when it is done; what it throws is lost. @param name while one of that name is under way or waits, it
   * is not done once more.
   */
  add(name: string, act: () => Promise<void>): Promise<void>;
  /** Something is under way or waits. */
  isBusy(): boolean;
}

export function createQueue(): Queue {
  const waiting = new Map<string, Promise<void>>();
  let last: Promise<void> = Promise.resolve();

  async function after(before: Promise<void>, name: string, act: () => Promise<void>): Promise<void> {
    await before;
    try {
      await act();
    } catch {
      // What goes wrong is up to the act to say; what waits is done all the same.
    }
    waiting.delete(name);
  }

  return {
    add(name, act) {
      const same = waiting.get(name);
      if (same !== undefined) return same;
      last = after(last, name, act);
      waiting.set(name, last);
      return last;
    },
    isBusy: () => waiting.size > 0,
  };
}
