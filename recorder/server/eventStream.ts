import { PassThrough } from 'node:stream';
import { visibleJson } from '../../exporter/serve/visibleJson.ts';
import type { Control } from '../control.ts';

/** Seconds between comments that keep the connection open through proxies. */
const heartbeat = 15;
/** Bytes that a client may be behind before it is cut off. */
const maxBehind = 1 << 20;

/**
 * Server-sent events: `tick` with a TickResult, `stop` with the StopAnswer.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function eventStream(control: Control, ending: AbortSignal): PassThrough {
  const stream = new PassThrough();
  const write = (text: string): void => {
    if (stream.writableLength > maxBehind) stream.destroy();
    else stream.write(text);
  };
  const tell = (event: string, data: unknown): void => {
    write(`event: ${event}\ndata: ${visibleJson(JSON.stringify(data))}\n\n`);
  };
  const forgetTicks = control.onTick((result) => {
    tell('tick', result);
  });
  const forgetStops = control.onStop((answer) => {
    tell('stop', answer);
  });
  const timer = setInterval(() => {
    write(': still here\n\n');
  }, heartbeat * 1000);
  const end = (): void => {
    stream.end();
  };
  ending.addEventListener('abort', end);
  stream.once('close', () => {
    forgetTicks();
    forgetStops();
    clearInterval(timer);
    ending.removeEventListener('abort', end);
  });
  write('retry: 2000\n\n');
  return stream;
}
