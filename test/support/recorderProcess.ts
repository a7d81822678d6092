import { RecorderClient } from '../../recorder/index.ts';
import { freePort } from './freePort.ts';
import { type Kubemon, startKubemon } from './kubemon.ts';
import { until } from './until.ts';

/** `kubemon recorder` in a process of its own. */
export interface RecorderProcess extends Kubemon {
  readonly client: RecorderClient;
  /** Waits until the run that is on has so many ticks. */
  ticks(count: number): Promise<void>;
  /** Waits until no run is on. */
  idle(): Promise<void>;
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
  const port = await freePort();
  const kubemon = startKubemon(['recorder'], {
    RECORDER_PORT: String(port),
    OUTPUT_DIR: outputDir,
    TARGETS: Object.entries(targets)
      .map(([name, url]) => `${name}=${url}`)
      .join(','),
    MIN_FREE_BYTES: '1',
    LOG_LEVEL: 'info',
    ...settings,
  });
  await kubemon.says('recorder started');
  let isKilled = false;
  const client = new RecorderClient({ host: `127.0.0.1:${port}` });
  return {
    ...kubemon,
    client,
    kill: async () => {
      if (!isKilled && kubemon.exitCode() === undefined) process.kill(kubemon.pid, 'SIGKILL');
      isKilled = true;
      await kubemon.ended.catch(() => undefined);
    },
    ticks: (count) =>
      until(
        `the run has ${count} ticks`,
        async () => ((await client.status()).recording?.ticks.done ?? 0) >= count,
        20,
      ),
    idle: () =>
      until('no run is on', async () => (await client.status()).message === 'Nothing is recording.', 20),
    interrupt: () => {
      process.kill(kubemon.pid, 'SIGINT');
      return kubemon.ended;
    },
  };
}
