import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { createLog } from '../../../exporter/serve/log.ts';
import { readSettings } from '../../../exporter/serve/settings.ts';
import type { Manifest, StopAnswer } from '../../../recorder/api.ts';
import { type Recorder, startRecorder } from '../../../recorder/main.ts';
import { recorderSettings } from '../../../recorder/settings.ts';

export interface LoopbackRecorder extends Recorder {
  /** http://127.0.0.1:PORT */
  readonly url: string;
  readonly outputDir: string;
  /** A file of a run as records by column name. */
  rows(run: string, file: string): Promise<readonly Readonly<Record<string, string>>[]>;
  /** Resolves when the run that is on has ended by its `for`, with what is told of it and its run.json. */
  ended(): Promise<StopAnswer & { readonly manifest: Manifest }>;
}

/** A recorder on a free port of the loopback that writes into a folder of its own. */
export async function loopbackRecorder(
  targets: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<LoopbackRecorder> {
  const outputDir = await mkdtemp(join(tmpdir(), 'kubemon-recorder-'));
  const settings = readSettings(
    recorderSettings,
    {},
    {
      RECORDER_PORT: '0',
      OUTPUT_DIR: outputDir,
      MIN_FREE_BYTES: '1',
      FROM_K8S: 'false',
      TARGETS: Object.entries(targets)
        .map(([name, url]) => `${name}=${url}`)
        .join(','),
      ...environment,
    },
  );
  const recorder = await startRecorder(settings, createLog('test', 'fatal')).catch(async (error: unknown) => {
    await rm(outputDir, { recursive: true });
    throw error;
  });
  return {
    ...recorder,
    url: `http://127.0.0.1:${recorder.port}`,
    outputDir,
    rows: async (run, file) =>
      parse(await readFile(join(outputDir, run, file), 'utf8'), { columns: true, skip_empty_lines: false }),
    ended: async () => {
      const answer = await new Promise<StopAnswer>((resolve) => {
        recorder.control.onStop(resolve);
      });
      return { ...answer, manifest: (await recorder.control.run(answer.run)).manifest };
    },
    close: async () => {
      await recorder.close();
      await rm(outputDir, { recursive: true });
    },
  };
}
