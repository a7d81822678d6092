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

/** For how long work holds the event loop, in milliseconds: so much later a request is sent at worst. */
const turnLength = 10;

/**
 * Works between what else the event loop has to do, a few milliseconds at a time, what is small before
 * what is large. There is one event loop, so all work of the process waits in one queue.
 * @throws what the work throws, or why it was ended.
 */
export function inTurns<T>({ steps, size, late, signal }: Work<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let isBegun = false;
    function end(): void {
      signal?.removeEventListener('abort', onAbort);
      // What is cut short has still to put its things in order.
      steps.return?.();
    }
    function fail(reason: unknown): void {
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- what the work threw
      reject(reason);
      end();
    }
    function onAbort(): void {
      leave(waiter);
      if (signal) fail(abortReason(signal));
    }
    const waiter: Waiter = {
      size,
      late: () => (isBegun ? late?.() : undefined),
      giveUp: fail,
      workUntil(moment) {
        isBegun = true;
        try {
          for (let step = steps.next(); ; step = steps.next()) {
            if (step.done === true) {
              end();
              resolve(step.value);
              return true;
            }
            if (performance.now() >= moment) return false;
          }
        } catch (error) {
          fail(error);
          return true;
        }
      },
    };
    if (signal?.aborted === true) {
      fail(abortReason(signal));
      return;
    }
    signal?.addEventListener('abort', onAbort);
    enqueue(waiter);
  });
}

interface Waiter {
  readonly size: number;
  readonly late: () => Error | undefined;
  readonly giveUp: (reason: Error) => void;
  /** True: it is over. */
  readonly workUntil: (moment: number) => boolean;
}

/** The smallest first. */
const waiters: Waiter[] = [];
let isArmed = false;

function enqueue(waiter: Waiter): void {
  insertBySize(waiters, waiter);
  arm();
}

/** The smallest first; behind those of the same size. */
export function insertBySize<T extends { readonly size: number }>(list: T[], added: T): void {
  let low = 0;
  for (let high = list.length; low < high;) {
    const middle = (low + high) >>> 1;
    if ((list[middle]?.size ?? 0) > added.size) high = middle;
    else low = middle + 1;
  }
  list.splice(low, 0, added);
}

/** One that works is in no queue. */
function leave(waiter: Waiter): void {
  const at = waiters.indexOf(waiter);
  if (at !== -1) waiters.splice(at, 1);
}

function arm(): void {
  if (isArmed || waiters.length === 0) return;
  isArmed = true;
  setImmediate(giveTurn);
}

/** One turn each time that the event loop comes round; what is done in less leaves the rest to the next. */
function giveTurn(): void {
  isArmed = false;
  giveUpLate();
  for (const end = performance.now() + turnLength; performance.now() < end;) {
    const waiter = waiters.shift();
    if (waiter === undefined) return;
    if (!waiter.workUntil(end)) enqueue(waiter);
  }
  arm();
}

function giveUpLate(): void {
  const late = waiters.flatMap((waiter) => {
    const reason = waiter.late();
    return reason === undefined ? [] : [{ waiter, reason }];
  });
  for (const { waiter, reason } of late) {
    leave(waiter);
    waiter.giveUp(reason);
  }
}
