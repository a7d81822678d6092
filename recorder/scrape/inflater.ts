import { Worker } from 'node:worker_threads';
import type { OpenBody } from './decompress.ts';
import { abortReason } from './exchange.ts';

/**
 * Decompresses the bodies of many targets on a thread of its own, into memory that is used again.
 *
 * Not only for its time, a sixth of what a body costs: V8 counts what is decompressed as memory outside of its
 * heap, and looks through its whole heap (mark-compact) whenever that has grown by 64 MB, which two hundred
 * bodies have, though none of them lives on. The heap of the thread holds next to nothing, so that there it
 * costs next to nothing.
 */
export interface Inflater {
  /**
   * Decompresses a body when there is room, the smallest first.
   * @throws Error of zlib, or the reason of the signal
   */
  inflate(gzip: Gzip): Promise<OpenBody>;
  /** Ends the thread, and what is under way. */
  close(): Promise<void>;
}

export interface Gzip {
  readonly body: Buffer;
  /** That it is said to decompress to; more is possible. */
  readonly bytes: number;
  /** To more it is an error. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Bodies that are decompressed, and not read yet: some more than are read in one turn. */
const mostAtOnce = 16;

/** Text, since a thread starts with a file, and this one is of TypeScript where it is tested. */
const program = `
const { parentPort } = require('node:worker_threads');
const { gunzipSync } = require('node:zlib');
const memories = [];
parentPort.on('message', ({ place, memory, body, bytes, maxBytes }) => {
  if (memory !== undefined) memories[place] = memory;
  try {
    const text = gunzipSync(body, { chunkSize: Math.max(65536, bytes + 1), maxOutputLength: maxBytes });
    if (text.length > memories[place].length) parentPort.postMessage({ place, text });
    else parentPort.postMessage({ place, length: text.copy(memories[place]) });
  } catch (error) {
    parentPort.postMessage({ place, problem: error.message });
  }
});`;

/** What the thread tells of the body of a place. */
type Told = { readonly place: number } & (
  | { readonly length: number }
  /** It has more bytes than it was said to. */
  | { readonly text: Uint8Array }
  | { readonly problem: string }
);

interface Waiter extends Gzip {
  resolve(opened: OpenBody): void;
  reject(error: Error): void;
}

interface Place {
  readonly number: number;
  /** Shared with the thread. */
  memory: Buffer;
  /** For whom the thread is at work here. */
  waiter: Waiter | undefined;
}

export function createInflater(): Inflater {
  /** The smallest first. */
  const waiting: Waiter[] = [];
  const places = Array.from({ length: mostAtOnce }, (_, number): Place => ({
    number,
    memory: noMemory,
    waiter: undefined,
  }));
  const free = [...places];
  let thread: Worker | undefined;

  function startThread(): Worker {
    const started = new Worker(program, { eval: true, name: 'inflater' });
    // Nobody stays for its sake.
    started.unref();
    started.on('message', take);
    started.on('error', (cause) => lose(started, new Error(ended.message, { cause })));
    started.on('exit', () => lose(started, ended));
    return started;
  }

  function next(): void {
    const place = waiting.length === 0 ? undefined : free.pop();
    const waiter = place && waiting.shift();
    if (place === undefined || waiter === undefined) return;
    const { body, bytes, maxBytes } = waiter;
    const isTooSmall = place.memory.length < bytes;
    // Bodies grow by a digit here and there.
    if (isTooSmall) place.memory = Buffer.from(new SharedArrayBuffer(bytes + Math.ceil(bytes / 16)));
    place.waiter = waiter;
    const memory = isTooSmall ? place.memory : undefined;
    thread ??= startThread();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
    thread.postMessage({ place: place.number, memory, body, bytes, maxBytes });
  }

  function giveBack(place: Place): void {
    free.push(place);
    next();
  }

  function take(told: Told): void {
    const place = places[told.place];
    const waiter = place?.waiter;
    if (place === undefined || waiter === undefined) return;
    place.waiter = undefined;
    if ('problem' in told) waiter.reject(new Error(told.problem));
    if ('problem' in told || waiter.signal.aborted) {
      giveBack(place);
      return;
    }
    const text = 'text' in told ? Buffer.from(told.text) : place.memory.subarray(0, told.length);
    waiter.resolve({ text, release: () => giveBack(place) });
  }

  /** What it was at work on is lost; the next body gets another thread. */
  function lose(from: Worker, error: Error): void {
    if (from !== thread) return;
    thread = undefined;
    for (const place of places) {
      place.memory = noMemory;
      const { waiter } = place;
      if (waiter === undefined) continue;
      place.waiter = undefined;
      waiter.reject(error);
      giveBack(place);
    }
  }

  return {
    inflate: (gzip) =>
      new Promise((resolve, reject) => {
        const { bytes, signal } = gzip;
        function onAbort(): void {
          const at = waiting.indexOf(waiter);
          if (at !== -1) waiting.splice(at, 1);
          reject(abortReason(signal));
        }
        const waiter: Waiter = {
          ...gzip,
          resolve: (opened) => {
            signal.removeEventListener('abort', onAbort);
            resolve(opened);
          },
          reject: (error) => {
            signal.removeEventListener('abort', onAbort);
            reject(error);
          },
        };
        if (signal.aborted) {
          reject(abortReason(signal));
          return;
        }
        signal.addEventListener('abort', onAbort);
        const behind = waiting.findLastIndex((other) => other.bytes <= bytes) + 1;
        waiting.splice(behind, 0, waiter);
        next();
      }),
    close: async () => {
      for (const waiter of waiting.splice(0)) waiter.reject(ended);
      await thread?.terminate();
    },
  };
}

const noMemory = Buffer.alloc(0);
const ended = new Error('the thread that decompresses has ended');
