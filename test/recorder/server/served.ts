import { afterAll, beforeAll, beforeEach } from 'vitest';
import { kubemon, loopbackExporter, type LoopbackExporter, machine } from '../run/loopbackExporter.ts';
import { loopbackRecorder, type LoopbackRecorder } from '../run/loopbackRecorder.ts';
import { type Answered, apiCall } from './apiCall.ts';

export interface Served {
  readonly recorder: LoopbackRecorder;
  readonly exporter: LoopbackExporter;
  readonly call: (method: string, path: string, init?: RequestInit) => Promise<Answered>;
}

/** A run that is stopped, of three ticks. */
export const done = 'done-1';

/** One exporter and its recorder for all tests of a file. No test begins with a run that is on. */
export function serve(): Served {
  let exporter: LoopbackExporter;
  let recorder: LoopbackRecorder;

  beforeAll(async () => {
    exporter = await loopbackExporter(kubemon(machine('one')));
    recorder = await loopbackRecorder({ one: exporter.url });
    const ended = recorder.ended();
    await recorder.control.start({ run: done, interval: 0.2, for: 0.6 });
    await ended;
  });

  beforeEach(async () => {
    if (recorder.control.current() !== undefined) await recorder.control.stop();
  });

  afterAll(async () => {
    await recorder.close();
    await exporter.close();
  });

  return {
    get recorder() {
      return recorder;
    },
    get exporter() {
      return exporter;
    },
    call: (method, path, init) => apiCall(recorder.url, method, path, init),
  };
}
