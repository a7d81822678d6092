/** Runs one at a time, and not again before a pause is over; whatever is asked for meanwhile becomes one. */
export function latest<T>(act: (wanted: T) => Promise<void>, pauseMs: number): (wanted: T) => void {
  let next: { readonly wanted: T } | undefined;
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    try {
      while (next !== undefined) {
        const { wanted } = next;
        next = undefined;
        await act(wanted);
        await new Promise((resolve) => {
          setTimeout(resolve, pauseMs);
        });
      }
    } finally {
      isRunning = false;
    }
  }

  return (wanted) => {
    next = { wanted };
    if (!isRunning) void run();
  };
}
