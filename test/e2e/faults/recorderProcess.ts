import { RecorderClient } from '../../../recorder/index.ts';
import { freePort } from '../../support/freePort.ts';
import { type Kubemon, startKubemon } from '../../support/kubemon.ts';
import { answers, until } from '../../support/until.ts';
import { type Answered, apiCall } from '../../recorder/server/apiCall.ts';

/** `kubemon recorder` in a process of its own, on a free port of the loopback. */
export interface RecorderProcess extends Kubemon {
  readonly client: RecorderClient;
  get(path: string): Promise<Answered>;
  /** A sample of its own metrics. */
  metric(series: string): Promise<number>;
  /** Waits until the run that is on has so many more ticks. */
  more(state: 'done' | 'dropped', count: number): Promise<void>;
  /** Waits until no run is on; what /status says then. */
  idle(): Promise<string>;
  kill(): Promise<void>;
}

export async function recorderProcess(settings: Readonly<Record<string, string>>): Promise<RecorderProcess> {
  const port = await freePort();
  const kubemon = startKubemon(['recorder'], {
    RECORDER_PORT: String(port),
    MIN_FREE_BYTES: '1',
    LOG_LEVEL: 'info',
    ...settings,
  });
  const url = `http://127.0.0.1:${port}`;
  await until(
    'the recorder answers',
    () => {
      if (kubemon.exitCode() !== undefined) throw new Error(`The recorder has ended: ${kubemon.output()}`);
      return answers(`${url}/healthz`);
    },
    200,
  );
  const client = new RecorderClient({ host: `127.0.0.1:${port}` });
  let isKilled = false;
  return {
    ...kubemon,
    client,
    get: (path) => apiCall(url, 'GET', path),
    metric: async (series) => {
      const text = await (await fetch(`${url}/metrics`)).text();
      const line = text.split('\n').find((each) => each.startsWith(`${series} `));
      return Number(line?.slice(series.length));
    },
    more: async (state, count) => {
      const ticks = async () => {
        const { recording, message } = await client.status();
        if (recording === undefined) throw new Error(message);
        return recording.ticks[state];
      };
      const goal = (await ticks()) + count;
      await until(`${count} more ticks are ${state}`, async () => (await ticks()) >= goal, 20);
    },
    idle: async () => {
      await until('no run is on', async () => (await client.status()).message.startsWith('Nothing'), 20);
      return (await client.status()).message;
    },
    kill: async () => {
      if (!isKilled && kubemon.exitCode() === undefined) process.kill(kubemon.pid, 'SIGKILL');
      isKilled = true;
      await kubemon.ended.catch(() => undefined);
    },
  };
}
