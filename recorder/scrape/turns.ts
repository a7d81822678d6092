import { abortReason } from './exchange.ts';

/** Work that pauses after every little step, and returns its result. */
export interface Work<T> {
  readonly steps: Iterator<void, T>;
  /** How much there is to do: the smallest has its turn first. */
  readonly size: number;
  /** Why it is too late to go on, if it is; the first turn is given all the same. */
  readonly late?: () => Error | undefined;
  /** Ends the work before its next turn, with its reason. */
  readonly signal?: AbortSignal;
}

/** For how long one turn holds the event loop, in milliseconds: so much later a request is sent at worst. */
const turnLength = 10;

/**
 * Works between what else the event loop has to do, a few milliseconds at a time, what is small before
 * what is large. There is one event loop, so all work of the process waits in one queue.
 * @throws what the work throws, or why it was ended.
 */
export async function inTurns<T>({ steps, size, late, signal }: Work<T>): Promise<T> {
  try {
    for (let isFirst = true; ; isFirst = false) {
      const reason = (): Error | undefined => (isFirst ? undefined : late?.());
      await myTurn(size, reason, signal);
      for (const end = performance.now() + turnLength; performance.now() < end;) {
        const step = steps.next();
        if (step.done === true) return step.value;
      }
    }
  } finally {
    // What is cut short has still to put its things in order.
    steps.return?.();
  }
}

interface Waiter {
  readonly size: number;
  readonly late: () => Error | undefined;
  begin(): void;
  giveUp(reason: Error): void;
}

/** The smallest first. */
let waiters: readonly Waiter[] = [];
let isArmed = false;

function myTurn(size: number, late: () => Error | undefined, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    function onAbort(): void {
      if (signal) waiter.giveUp(abortReason(signal));
    }
    function leave(): void {
      signal?.removeEventListener('abort', onAbort);
      waiters = waiters.filter((other) => other !== waiter);
    }
    const waiter: Waiter = {
      size,
      late,
      begin() {
        leave();
        resolve();
      },
      giveUp(reason) {
        leave();
        reject(reason);
      },
    };
    signal?.addEventListener('abort', onAbort);
    const after = waiters.findIndex((other) => other.size > size);
    waiters = after === -1 ? [...waiters, waiter] : waiters.toSpliced(after, 0, waiter);
    arm();
  });
}

function arm(): void {
  if (isArmed || waiters.length === 0) return;
  isArmed = true;
  setImmediate(giveTurns);
}

/** One turn each time that the event loop comes round. */
function giveTurns(): void {
  isArmed = false;
  for (const waiter of waiters) {
    const reason = waiter.late();
    if (reason !== undefined) waiter.giveUp(reason);
  }
  waiters[0]?.begin();
  arm();
}
