import { get, type IncomingMessage } from 'node:http';
import { type StopAnswer, RecorderClient, type TickResult } from '../../../recorder/index.ts';
import { freePort } from '../../support/freePort.ts';
import { type ProcessUse, processUse } from '../processUse.ts';
import { type Kubemon, startKubemon } from './kubemon.ts';

/** A tick as the recorder told of it when its files were synced. */
export interface ToldTick {
  readonly result: TickResult;
  /** Seconds from its moment until this was told. */
  readonly committedAfter: number;
  /** What the recorder had used by then. */
  readonly use: ProcessUse;
}

export interface RecordedTicks {
  /** What the recorder had used when it was asked to start. */
  readonly before: ProcessUse;
  readonly ticks: readonly ToldTick[];
  readonly stopped: StopAnswer;
}

/** `kubemon recorder`, as it is built. */
export interface Recorder extends Kubemon {
  readonly client: RecorderClient;
  /** The address of its API. */
  readonly host: string;
  /** Records a run of so many ticks. */
  record(run: string, interval: number, ticks: number): Promise<RecordedTicks>;
  /**
   * Hears of a run to its end.
   * @param start has it started, or sees to it that somebody does.
   * @param onTick is called after each tick, with how many there are.
   */
  follow(start: () => Promise<unknown>, onTick?: (ticks: number) => Promise<void>): Promise<RecordedTicks>;
}

export interface RecorderOptions {
  /** What it logs once it can be used. */
  readonly ready?: string;
  /** Node.js' own. */
  readonly nodeOptions?: readonly string[] | undefined;
}

/** Under a load it ended by itself, as for want of memory. */
export class RecorderEndedError extends Error {
  override readonly name = 'RecorderEndedError';

  constructor(options?: ErrorOptions) {
    super('the recorder ended before the run did', options);
  }
}

/** @param settings where it finds its targets, and OUTPUT_DIR; RECORDER_PORT is a free one where they name none. */
export async function startRecorder(
  settings: Readonly<Record<string, string>>,
  { ready = 'recorder started', nodeOptions }: RecorderOptions = {},
): Promise<Recorder> {
  const port = settings['RECORDER_PORT'] ?? String(await freePort());
  const kubemon = await startKubemon(['recorder'], { ...settings, RECORDER_PORT: port }, ready, nodeOptions);
  const host = `127.0.0.1:${port}`;
  const client = new RecorderClient({ host });

  async function follow(
    start: () => Promise<unknown>,
    onTick: (ticks: number) => Promise<void> = () => Promise.resolve(),
  ): Promise<RecordedTicks> {
    const before = processUse(kubemon.pid);
    const events = await openEvents(host);
    try {
      const told: ToldTick[] = [];
      await start();
      for await (const { event, data } of eventsOf(events)) {
        if (event === 'tick') await onTick(told.push(toldTick(data, kubemon.pid)));
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's types
        if (event === 'stop') return { before, ticks: told, stopped: data as StopAnswer };
      }
      throw new RecorderEndedError();
    } catch (error) {
      // Its connections break a moment before it is known to have ended.
      if (await kubemon.endsWithin(1)) throw new RecorderEndedError({ cause: error });
      throw error;
    } finally {
      events.destroy();
    }
  }

  return {
    ...kubemon,
    client,
    host,
    follow,
    record: (run, interval, ticks) => follow(() => client.start(run, { interval, for: interval * ticks })),
  };
}

function toldTick(data: unknown, pid: number): ToldTick {
  const now = Date.now();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's types
  const result = data as TickResult;
  return { result, committedAfter: (now - Date.parse(result.timestamp)) / 1000, use: processUse(pid) };
}

function openEvents(host: string): Promise<IncomingMessage> {
  const request = get(`http://${host}/events`, { agent: false });
  return new Promise((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html */
async function* eventsOf(
  stream: IncomingMessage,
): AsyncGenerator<{ readonly event: string; readonly data: unknown }> {
  let event = '';
  let rest = '';
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a stream with an encoding
  for await (const text of stream.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('event: ')) event = line.slice(7);
      if (line.startsWith('data: ')) yield { event, data: JSON.parse(line.slice(6)) };
    }
  }
}
