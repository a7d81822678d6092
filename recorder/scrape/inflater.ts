import { type Gzip, inflateHere, type OpenBody } from './decompress.ts';
import { abortReason } from './exchange.ts';
import { type InflaterThread, startInflaterThread, type Told } from './inflaterThread.ts';
import { insertBySize } from './turns.ts';

/**
 * Decompresses the bodies of many targets on a thread of its own, into memory that is used again.
 *
 * Not only for its time, a sixth of what a body costs: V8 counts what is decompressed as memory outside of its
 * heap, and looks through its whole heap (mark-compact) whenever that has grown by 64 MB, which two hundred
 * bodies have, though none of them lives on. The heap of the thread holds next to nothing, so that there it
 * costs next to nothing. Where the thread is not to be had, or is lost, bodies are decompressed here.
 */
export interface Inflater {
  /** So that the first body need not wait for the thread. */
  start(): void;
  /**
   * Decompresses a body when there is room, the smallest first.
   * @throws Error of zlib, or the reason of the signal
   */
  inflate(gzip: Gzip, signal: AbortSignal): Promise<OpenBody>;
  /** Resolves when all that was asked for before is read, and the thread has ended. */
  close(): Promise<void>;
}

/** Bodies that are decompressed, and not read yet: some more than are read in one turn. */
const mostAtOnce = 16;

interface Waiter {
  readonly gzip: Gzip;
  readonly size: number;
  readonly signal: AbortSignal;
  resolve(opened: OpenBody): void;
  reject(error: Error): void;
}

/** Where one body at a time is decompressed. */
interface Place {
  readonly number: number;
  /** Shared with the thread; absent: none yet. */
  memory?: Buffer;
  /** For whom the thread is at work here. */
  waiter?: Waiter | undefined;
}

export function createInflater(startThread: typeof startInflaterThread = startInflaterThread): Inflater {
  const waiting: Waiter[] = [];
  const places = Array.from({ length: mostAtOnce }, (_, number): Place => ({ number }));
  const free = [...places];
  let thread: InflaterThread | 'lost' | undefined;
  let onIdle: (() => void) | undefined;

  function start(): void {
    if (thread !== undefined) return;
    try {
      thread = startThread(take, lose);
    } catch {
      thread = 'lost';
    }
  }

  function next(): void {
    while (waiting.length > 0) {
      const place = free.pop();
      const waiter = place && waiting.shift();
      if (place === undefined || waiter === undefined) return;
      start();
      if (!isPosted(place, waiter)) settle(place, waiter, () => inflateHere(waiter.gzip));
    }
    if (free.length === places.length) onIdle?.();
  }

  function isPosted(place: Place, waiter: Waiter): boolean {
    if (thread === undefined || thread === 'lost') return false;
    const { gzip } = waiter;
    try {
      const isEnough = place.memory !== undefined && place.memory.length >= gzip.bytes;
      // Bodies grow by a digit here and there.
      const memory = isEnough ? undefined : sharedMemory(gzip.bytes + Math.ceil(gzip.bytes / 16));
      thread.post({ ...gzip, place: place.number, ...(memory && { memory }) });
      if (memory !== undefined) place.memory = memory;
    } catch {
      return false;
    }
    place.waiter = waiter;
    return true;
  }

  /** @param open makes the text, which lies at the place until it is released */
  function settle(place: Place, waiter: Waiter, open: () => Buffer): void {
    const release = once(() => {
      free.push(place);
      next();
    });
    try {
      waiter.signal.throwIfAborted();
      waiter.resolve({ text: open(), release });
    } catch (error) {
      waiter.reject(error instanceof Error ? error : new Error(String(error)));
      release();
    }
  }

  function take(told: Told): void {
    const place = places[told.place];
    const waiter = place?.waiter;
    if (place === undefined || waiter === undefined) return;
    place.waiter = undefined;
    settle(place, waiter, () => textOf(told, place));
  }

  function lose(): void {
    thread = 'lost';
    for (const place of places) {
      const { waiter } = place;
      if (waiter === undefined) continue;
      place.waiter = undefined;
      settle(place, waiter, () => inflateHere(waiter.gzip));
    }
  }

  return {
    start,
    inflate: (gzip, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(abortReason(signal));
          return;
        }
        const onAbort = () => {
          const at = waiting.indexOf(waiter);
          if (at !== -1) waiting.splice(at, 1);
          reject(abortReason(signal));
        };
        const settled = () => signal.removeEventListener('abort', onAbort);
        const waiter: Waiter = {
          gzip,
          size: gzip.bytes,
          signal,
          resolve: (opened) => {
            settled();
            resolve(opened);
          },
          reject: (error) => {
            settled();
            reject(error);
          },
        };
        signal.addEventListener('abort', onAbort);
        insertBySize(waiting, waiter);
        next();
      }),
    close: async () => {
      await new Promise<void>((resolve) => {
        onIdle = resolve;
        next();
      });
      const ending = thread;
      thread = 'lost';
      if (ending !== undefined && ending !== 'lost') await ending.end();
    },
  };
}

/** @throws Error of zlib */
function textOf(told: Told, { memory }: Place): Buffer {
  if ('problem' in told) throw new Error(told.problem);
  if ('text' in told) return Buffer.from(told.text);
  if (memory === undefined) throw new Error('The thread had no memory for it.');
  return memory.subarray(0, told.length);
}

function sharedMemory(bytes: number): Buffer {
  return Buffer.from(new SharedArrayBuffer(bytes));
}

/** A place that is given back twice would be two bodies'. */
function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
