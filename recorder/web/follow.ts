import type { StopAnswer, TickResult } from '../api.ts';
import type { Recorder } from './recorder.ts';

export interface Following {
  readonly opened: () => void;
  readonly tick: (result: TickResult) => void;
  readonly stop: (answer: StopAnswer) => void;
  /** Of why the connection ended; it is made again after a pause. */
  readonly lost: (error: unknown) => void;
}

const pauseMs = 2000;

/** Follows GET /events for as long as the page lives. EventSource cannot send a token. */
export async function follow(recorder: Recorder, { opened, tick, stop, lost }: Following): Promise<never> {
  for (;;) {
    try {
      for await (const { event, data } of recorder.events(opened)) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's own, which its tests hold to
        if (event === 'tick') tick(JSON.parse(data) as TickResult);
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
        else if (event === 'stop') stop(JSON.parse(data) as StopAnswer);
      }
      lost(new TypeError('The connection has ended.'));
    } catch (error) {
      lost(error);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, pauseMs);
    });
  }
}
