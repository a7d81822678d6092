import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { runFolderName } from '../../../recorder/shards/runFolderName.ts';
import { closeAfterEach } from '../../recorder/run/closing.ts';
import { kubemon, loopbackExporter, machine } from '../../recorder/run/loopbackExporter.ts';
import { freePort } from '../freePort.ts';
import { type RecorderProcess, startRecorder } from '../recorderProcess.ts';
import { readRun, type RunTables } from '../runFolder.ts';
import { until } from '../until.ts';
import { writeKubeConfig } from './credentials.ts';
import { exporterSlice, headlessService } from './endpoints.ts';
import { hostAddress } from './hostAddress.ts';
import { createNamespace, type Manifest, type TestNamespace } from './kubectl.ts';
import { createRecorderAccount, installRecordings } from './recordings.ts';

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
  kubeConfig(differing?: { readonly server?: string; readonly namespace?: string }): Promise<string>;
}

export interface RecordingNamespaceOptions {
  /** Starts what the recorders record; default: one exporter. */
  readonly exporters?: () => Promise<Exporters>;
  /** Whether the cluster knows the kind Recording; default true. */
  readonly isInstalled?: boolean;
}

interface Exporters {
  /** The service that they stand behind, and its slices. */
  manifests(service: string): readonly Manifest[];
  close(): Promise<void>;
}

/** A namespace with exporters, and recorders for it that end with each test. */
export function recordingNamespace(
  room: string,
  { exporters: startExporters = oneExporter, isInstalled = true }: RecordingNamespaceOptions = {},
): RecordingNamespace {
  const later = closeAfterEach();
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-recordings-'));
  let namespace: TestNamespace | undefined;
  let exporters: Exporters | undefined;
  let removeKind: (() => Promise<void>) | undefined;
  let token = '';

  function made(): TestNamespace {
    if (namespace === undefined) throw new Error('The namespace is not made yet.');
    return namespace;
  }

  const kubeConfig: RecordingNamespace['kubeConfig'] = async (differing = {}) => {
    const path = join(mkdtempSync(join(folder, 'account-')), 'kubeconfig');
    await writeKubeConfig(path, { user: { token }, namespace: made().name, ...differing });
    return path;
  };

  beforeAll(async () => {
    namespace = await createNamespace(room);
    exporters = await startExporters();
    await namespace.apply(...exporters.manifests('exporter'));
    token = await createRecorderAccount(namespace);
    if (isInstalled) removeKind = await installRecordings(namespace);
  });
  afterAll(async () => {
    await removeKind?.();
    await namespace?.remove();
    await exporters?.close();
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

async function oneExporter(): Promise<Exporters> {
  const { url, close } = await loopbackExporter(kubemon(machine('node-1')), hostAddress());
  return {
    manifests: (service) => [headlessService(service), exporterSlice(service, 'node-1', url)],
    close,
  };
}

/** The settings of so many recorders that share the daemons and know of each other, by their number. */
export async function shardSettings(count: number): Promise<readonly Readonly<Record<string, string>>[]> {
  const ports = await Promise.all(Array.from({ length: count }, () => freePort()));
  const PEERS = ports.map((port) => `http://127.0.0.1:${port}`).join(',');
  return ports.map((port, shard) => ({
    SHARDS: String(count),
    SHARD: String(shard),
    PEERS,
    RECORDER_PORT: String(port),
  }));
}
