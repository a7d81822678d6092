import { Worker } from 'node:worker_threads';

/** A body that the thread is to decompress, at one of its places. */
export interface Task {
  readonly place: number;
  readonly body: Buffer;
  /** That it is said to decompress to. */
  readonly bytes: number;
  /** To more it is an error. */
  readonly maxBytes: number;
  /** Shared: where the text of this and later tasks of the place goes; absent: as before. */
  readonly memory?: Buffer;
}

/** What came of a task. */
export type Told = { readonly place: number } & (
  | { readonly length: number }
  /** It has more bytes than there is memory for. */
  | { readonly text: Uint8Array }
  /** Of zlib. */
  | { readonly problem: string }
);

export interface InflaterThread {
  /** @throws where the memory is not to be had. */
  post(task: Task): void;
  end(): Promise<void>;
}

/** Text, since a thread starts with a file, and this one is of TypeScript where it is tested. */
const program = `
const { parentPort } = require('node:worker_threads');
const { gunzipSync } = require('node:zlib');
const memories = [];
parentPort.on('message', ({ place, body, bytes, maxBytes, memory }) => {
  if (memory !== undefined) memories[place] = memory;
  try {
    const text = gunzipSync(body, { chunkSize: Math.max(65536, bytes + 1), maxOutputLength: maxBytes });
    if (text.length > memories[place].length) parentPort.postMessage({ place, text });
    else parentPort.postMessage({ place, length: text.copy(memories[place]) });
  } catch (error) {
    parentPort.postMessage({ place, problem: error.message });
  }
});`;

/**
 * @param tell called with what came of each task, until it ends
 * @param onEnd called once, however it ends
 * @throws where the system allows no further thread
 */
export function startInflaterThread(tell: (told: Told) => void, onEnd: () => void): InflaterThread {
  const worker = new Worker(program, { eval: true, name: 'inflater', execArgv: [] });
  // Nobody stays for its sake.
  worker.unref();
  let isOver = false;
  let ending: Promise<unknown> | undefined;
  function end(): void {
    if (isOver) return;
    isOver = true;
    onEnd();
  }
  worker.on('message', (told: Told) => {
    if (!isOver) tell(told);
  });
  worker.on('error', end).on('exit', end);
  return {
    post: (task) => {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
      worker.postMessage(task);
    },
    end: async () => {
      await (ending ??= worker.terminate());
    },
  };
}
