import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecorderClient } from '../../../recorder/index.ts';
import { freePort } from '../freePort.ts';
import { startKubemon } from '../kubemon.ts';
import { readRun, type RunTables } from '../runFolder.ts';
import { answers, until } from '../until.ts';

export interface DiscoveringRecorder {
  /** host:port */
  readonly address: string;
  readonly client: RecorderClient;
  /** All that it has logged. */
  output(): string;
  /** Reads a run that is stopped. */
  run(name: string): RunTables;
  /** Ends it, and removes what it has recorded. */
  stop(): Promise<void>;
}

/** A recorder in a process of its own, which finds its targets through the API of KUBECONFIG. */
export async function startDiscoveringRecorder(
  settings: Readonly<Record<string, string>>,
): Promise<DiscoveringRecorder> {
  const outputDir = mkdtempSync(join(tmpdir(), 'kubemon-discovering-'));
  const port = String(await freePort());
  const address = `127.0.0.1:${port}`;
  const recorder = startKubemon(['recorder'], {
    RECORDER_PORT: port,
    LISTEN_ADDRESS: '127.0.0.1',
    OUTPUT_DIR: outputDir,
    MIN_FREE_BYTES: '1',
    FROM_K8S: 'true',
    ...settings,
  });
  const stop = async () => {
    if (recorder.exitCode() === undefined) await recorder.stop();
    rmSync(outputDir, { recursive: true });
  };
  try {
    await until('the recorder answers', () => {
      if (recorder.exitCode() !== undefined) throw new Error(recorder.output());
      return answers(`http://${address}/alive`);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    address,
    client: new RecorderClient({ host: address }),
    output: recorder.output,
    run: (name) => readRun(join(outputDir, name)),
    stop,
  };
}
