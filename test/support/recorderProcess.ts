import { RecorderClient } from '../../recorder/index.ts';
import { type Answered, apiCall } from '../recorder/server/apiCall.ts';
import { freePort } from './freePort.ts';
import { type Kubemon, startKubemon } from './kubemon.ts';
import { until } from './until.ts';

/** `kubemon recorder` in a process of its own. */
export interface RecorderProcess extends Kubemon {
  /** host:port */
  readonly address: string;
  readonly client: RecorderClient;
  get(path: string): Promise<Answered>;
  /** A sample of its own metrics. */
  metric(series: string): Promise<number>;
  /** Waits until the run that is on has so many ticks. */
  ticks(count: number): Promise<void>;
  /** Waits until it has so many more of them. */
  more(state: 'done' | 'dropped', count: number): Promise<void>;
  /** Waits until no run is on; what /status says then. */
  idle(): Promise<string>;
  /** SIGKILL; resolves when it is dead. */
  kill(): Promise<void>;
  /** Ctrl-C. */
  interrupt(): Promise<number>;
}

/**
 * Resolves as soon as it says that it has started: it goes on with an unfinished run by then.
 * @param targets URLs of /metrics by name.
 */
export async function startRecorder(
  outputDir: string,
  targets: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, string>> = {},
): Promise<RecorderProcess> {
  const port = settings['RECORDER_PORT'] ?? String(await freePort());
  const kubemon = startKubemon(['recorder'], {
    RECORDER_PORT: port,
    OUTPUT_DIR: outputDir,
    TARGETS: Object.entries(targets)
      .map(([name, url]) => `${name}=${url}`)
      .join(','),
    MIN_FREE_BYTES: '1',
    LOG_LEVEL: 'info',
    ...settings,
  });
  await kubemon.says('recorder started');
  const host = `127.0.0.1:${port}`;
  const client = new RecorderClient({ host });
  let isKilled = false;
  return {
    ...kubemon,
    address: host,
    client,
    get: (path) => apiCall(`http://${host}`, 'GET', path),
    metric: async (series) => {
      const text = await (await fetch(`http://${host}/metrics`)).text();
      const line = text.split('\n').find((each) => each.startsWith(`${series} `));
      return Number(line?.slice(series.length));
    },
    ticks: (count) =>
      until(
        `the run has ${count} ticks`,
        async () => ((await client.status()).recording?.ticks.done ?? 0) >= count,
      ),
    more: async (state, count) => {
      const ticks = async () => {
        const { recording, message } = await client.status();
        if (recording === undefined) throw new Error(message);
        return recording.ticks[state];
      };
      const goal = (await ticks()) + count;
      await until(`${count} more ticks are ${state}`, async () => (await ticks()) >= goal);
    },
    idle: async () => {
      await until('no run is on', async () => (await client.status()).message.startsWith('Nothing'));
      return (await client.status()).message;
    },
    kill: async () => {
      if (!isKilled && kubemon.exitCode() === undefined) process.kill(kubemon.pid, 'SIGKILL');
      isKilled = true;
      await kubemon.ended.catch(() => undefined);
    },
    interrupt: () => {
      process.kill(kubemon.pid, 'SIGINT');
      return kubemon.ended;
    },
  };
}
