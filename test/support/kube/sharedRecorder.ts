import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { runFolderName } from '../../../recorder/shards/runFolderName.ts';
import { closeAfterEach } from '../../recorder/run/closing.ts';
import { kubemon, loopbackExporter, machine } from '../../recorder/run/loopbackExporter.ts';
import { type RecorderProcess, startRecorder } from '../recorderProcess.ts';
import { readRun, type RunTables } from '../runFolder.ts';
import { until } from '../until.ts';
import { writeKubeConfig } from './credentials.ts';
import { exporterSlice, headlessService } from './endpoints.ts';
import { hostAddress } from './hostAddress.ts';
import { createNamespace, type TestNamespace } from './kubectl.ts';
import { createRecorderAccount } from './recordings.ts';

export interface SharedRecorder extends RecorderProcess {
  readonly outputDir: string;
  /** Reads a run that is stopped. */
  run(name: string): RunTables;
}

export interface RecordingNamespace {
  namespace(): TestNamespace;
  /** A recorder with the rights of k8s/ in a process of its own, which knows by now whether there are Recordings. */
  recorder(settings?: Readonly<Record<string, string>>, outputDir?: string): Promise<SharedRecorder>;
  /** A kubeconfig of the recorder's account. */
  kubeConfig(server?: string): Promise<string>;
}

/** A namespace with one exporter, and recorders for it that end with each test. */
export function recordingNamespace(room: string): RecordingNamespace {
  const later = closeAfterEach();
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-recordings-'));
  let namespace: TestNamespace | undefined;
  let closeExporter: (() => Promise<void>) | undefined;
  let token = '';

  function made(): TestNamespace {
    if (namespace === undefined) throw new Error('The namespace is not made yet.');
    return namespace;
  }

  async function kubeConfig(server?: string): Promise<string> {
    const path = join(folder, server === undefined ? 'kubeconfig' : 'kubeconfig-other');
    await writeKubeConfig(path, {
      user: { token },
      namespace: made().name,
      ...(server !== undefined && { server }),
    });
    return path;
  }

  beforeAll(async () => {
    namespace = await createNamespace(room);
    const exporter = await loopbackExporter(kubemon(machine('node-1')), hostAddress());
    closeExporter = exporter.close;
    await namespace.apply(headlessService('exporter'), exporterSlice('exporter', 'node-1', exporter.url));
    token = await createRecorderAccount(namespace);
  });
  afterAll(async () => {
    await namespace?.remove();
    await closeExporter?.();
    rmSync(folder, { recursive: true });
  });

  return {
    namespace: made,
    kubeConfig,
    recorder: async (settings = {}, outputDir = mkdtempSync(join(folder, 'data-'))) => {
      const recorder = await startRecorder(
        outputDir,
        {},
        {
          FROM_K8S: 'true',
          SERVICE_NAME: 'exporter',
          COLLECT_INTERVAL: '1',
          KUBECONFIG: await kubeConfig(),
          ...settings,
        },
      );
      later(recorder.kill);
      const known = [
        `(the Lease ${made().name}/kubemon-recording)`,
        'Runs are no objects of Kubernetes in namespace',
      ];
      await until(
        'it knows whether there are Recordings',
        () => known.some((text) => recorder.output().includes(text)),
        20,
      );
      const { SHARD } = settings;
      const shard = SHARD === undefined ? {} : { shard: Number(SHARD) };
      const run = (name: string) => readRun(join(outputDir, runFolderName({ run: name, ...shard })));
      return { ...recorder, outputDir, run };
    },
  };
}
