/** Work was ended because its time was up. */
export class TimeUp extends Error {
  override readonly name = 'TimeUp';
}

export interface TimeLimit {
  /** Ends the work, too. */
  readonly signal: AbortSignal;
  readonly seconds: number;
  /** What is then to be told: "no answer". */
  readonly lacking: string;
}

/**
 * Does work that must end when its signal is aborted; it may put off the end of its time by `timer.refresh()`.
 * Of AbortSignal.any something stays for as long as a signal that it was given (Node 20 and 22): of this, nothing.
 * @throws TimeUp, or what the work throws.
 */
export async function withinTime<T>(
  { signal, seconds, lacking }: TimeLimit,
  work: (signal: AbortSignal, timer: NodeJS.Timeout) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const ending = new AbortController();
  const end = () => ending.abort();
  signal.addEventListener('abort', end);
  const timer = setTimeout(end, seconds * 1000).unref();
  try {
    return await work(ending.signal, timer);
  } catch (error) {
    if (!ending.signal.aborted || signal.aborted) throw error;
    throw new TimeUp(`${lacking} within ${seconds} s`, { cause: error });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}
