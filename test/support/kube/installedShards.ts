import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { RecorderClient } from '../../../recorder/index.ts';
import type { RecordingSpec } from '../../../recorder/recordings/recordingObject.ts';
import { closeAfterEach } from '../../recorder/run/closing.ts';
import { startKubemon } from '../kubemon.ts';
import { readRun, type RunTables } from '../runFolder.ts';
import { until } from '../until.ts';
import { clusterDns } from './clusterDns.ts';
import { deployed, type Deployment, type Installation, namespace } from './deployment.ts';
import { endpointSlices } from './endpoints.ts';
import { type ExporterAddresses, startExporterAddresses } from './exporterAddresses.ts';
import { apply } from './kubectl.ts';
import { forwardPort } from './portForward.ts';
import { recording } from './recordings.ts';

/** kubemon with the component shards. */
export interface InstalledShards {
  readonly installation: Installation;
  deployment(): Deployment;
  /** Of the cluster, and of the exporters that the test has beside them. In order. */
  nodes(): readonly string[];
  /** A shard, as a port-forward leads to it until the end of the test. */
  recorder(shard: number): Promise<ForwardedRecorder>;
  /** Waits until a shard says that all daemons are connected, and that all shards say so. */
  connected(): Promise<void>;
  /** kubectl apply of a Recording. */
  record(name: string, spec: RecordingSpec): Promise<void>;
  /** kubectl wait for its end. */
  complete(name: string): Promise<void>;
  /** kubemon fetch, and verify. */
  fetch(run: string, address: string): Promise<FetchedParts>;
}

export interface ForwardedRecorder {
  /** host:port */
  readonly address: string;
  readonly client: RecorderClient;
}

export interface FetchedParts {
  /** What fetch has printed. */
  readonly output: string;
  /** The folders in that of the run. */
  readonly folders: readonly string[];
  /** In their order. */
  readonly parts: readonly RunTables[];
}

/** The claims that so many recorders make. */
export function claimsOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, shard) => `recordings-kubemon-recorder-${shard}`);
}

/** Installs three of them before the tests of a `describe`, with 30 exporters beside those of the nodes. */
export function installedShards(): InstalledShards {
  const later = closeAfterEach();
  const { patches } = clusterDns(namespace, 'kubemon-recorder');
  const installation = { components: ['shards'], patches, claims: claimsOf(3) };
  const deployment = deployed(installation);
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-shards-'));
  let exporters: ExporterAddresses | undefined;
  let nodes: readonly string[] = [];
  beforeAll(async () => {
    exporters = await startExporterAddresses(30);
    const { endpoints } = exporters;
    const slices = endpointSlices('kubemon-exporter', endpoints, exporters);
    await apply(...slices.map((slice) => ({ ...slice, metadata: { ...slice.metadata, namespace } })));
    nodes = [...deployment().nodes, ...endpoints.map(({ node }) => node)].toSorted();
  });
  afterAll(async () => {
    await exporters?.close();
    rmSync(folder, { recursive: true });
  });

  async function recorder(shard: number): Promise<ForwardedRecorder> {
    const { address, stop } = await forwardPort(namespace, `pod/kubemon-recorder-${shard}`, 9880);
    later(stop);
    return { address, client: new RecorderClient({ host: address }) };
  }

  return {
    installation,
    deployment,
    nodes: () => nodes,
    recorder,
    connected: async () => {
      const { client } = await recorder(0);
      let told = '';
      await until('every daemon is connected', async () => {
        const { message, connected, shards = [] } = await client.daemons();
        told = message;
        return connected === nodes.length && shards.every(({ problem }) => problem === undefined);
      }).catch((error: unknown) => {
        throw new Error(`${String(error)} ${told}`, { cause: error });
      });
    },
    record: async (name, spec) => {
      const file = join(folder, `${name}.yaml`);
      writeFileSync(file, JSON.stringify(recording(name, spec)));
      await deployment().kubectl('apply', '-f', file);
    },
    complete: async (name) => {
      await deployment().kubectl('wait', '--for=condition=Complete', '--timeout=120s', `recording/${name}`);
    },
    fetch: async (run, address) => {
      const output = await succeed(['fetch', run, folder, '--host', address]);
      await succeed(['verify', join(folder, run)]);
      const folders = readdirSync(join(folder, run)).toSorted();
      return { output, folders, parts: folders.map((part) => readRun(join(folder, run, part))) };
    },
  };
}

/** What the command has printed. @throws Error where it fails */
async function succeed(args: readonly string[]): Promise<string> {
  const kubemon = startKubemon(args, {});
  if ((await kubemon.ended) === 0) return kubemon.output();
  throw new Error(`kubemon ${args.join(' ')} has failed: ${kubemon.output()}`);
}
