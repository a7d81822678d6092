import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRecords } from '../../../recorder/csv/readRows.ts';
import { RecorderClient } from '../../../recorder/index.ts';
import { freePort } from '../../support/freePort.ts';
import { until } from '../../support/until.ts';

/** From where the compiled benchmark lies. */
const command = fileURLToPath(new URL('../../../../dist/recorder/cli/main.js', import.meta.url));

export type CsvRow = Readonly<Record<string, string>>;

/** `kubemon recorder` as it is built, in a process of its own. */
export interface Recorder {
  /** Records a run of so many ticks. @returns reads a file of it. */
  record(run: string, ticks: number): Promise<(file: string) => Promise<readonly CsvRow[]>>;
  stop(): Promise<void>;
}

/**
 * Resolves when all targets are connected, so that the first tick is like the others.
 * @param targets URLs by name.
 */
export async function startRecorder(
  folder: string,
  targets: Readonly<Record<string, string>>,
  interval: number,
): Promise<Recorder> {
  const port = await freePort();
  const recorder = spawn(process.execPath, [command, 'recorder'], {
    // Nothing of the settings that whoever measures may have set for themselves.
    env: {
      PATH: process.env['PATH'],
      RECORDER_PORT: String(port),
      LISTEN_ADDRESS: '127.0.0.1',
      OUTPUT_DIR: folder,
      COLLECT_INTERVAL: String(interval),
      TARGETS: Object.entries(targets)
        .map(([name, url]) => `${name}=${url}`)
        .join(','),
      MIN_FREE_BYTES: '1',
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const client = new RecorderClient({ host: `127.0.0.1:${port}` });
  const connected = async () => (await client.daemons()).daemons.filter((daemon) => daemon.connected).length;
  const goal = Object.keys(targets).length;
  try {
    await until('all targets are connected', async () => {
      if (hasEnded(recorder)) throw new Error('The recorder ended before it recorded.');
      return (await connected().catch(() => 0)) === goal;
    });
  } catch (error) {
    await stop(recorder);
    throw error;
  }
  return {
    record: async (run, ticks) => {
      await client.start(run, { interval, for: ticks * interval });
      await until(`the run ${run} is over`, async () =>
        (await client.status()).message.startsWith('Nothing is recording'),
      );
      return async (file) => {
        const rows: CsvRow[] = [];
        for await (const row of readRecords(join(folder, run, file))) rows.push(row);
        return rows;
      };
    },
    stop: () => stop(recorder),
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
