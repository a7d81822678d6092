import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  DaemonsAnswer,
  HelpAnswer,
  InstancesAnswer,
  MarkAnswer,
  MessageAnswer,
  RunAnswer,
  RunsAnswer,
  StartAnswer,
  StartRequest,
  StatusAnswer,
  StopAnswer,
} from '../api.ts';
import { readToken } from '../../exporter/serve/token.ts';
import { readAuthorities } from '../authorities.ts';
import { baseUrl, defaultAddress } from './address.ts';
import { type ExportedRun, type ExportOptions, exportRun } from '../export/exportRun.ts';
import { readRun, type RunData } from '../read/runData.ts';
import { runOnRecorder } from '../read/runPlaces.ts';
import { summarizeRun, type SummaryOptions } from '../summary/summarizeRun.ts';
import type { UsageSummary } from '../summary/usage.ts';
import type { Verification } from '../verify/verification.ts';
import { verifyFolder } from '../verify/verifyFolder.ts';
import { useWholeRun } from '../merge/wholeRun.ts';
import { type FetchedRun, type FetchOptions, fetchRun } from './fetchRun.ts';
import { type Patience, type RecorderServer, recorderServer } from './recorderServer.ts';
import { unpack } from './unpackRun.ts';

export interface RecorderClientOptions {
  /** HOST, HOST:PORT or https://HOST:PORT of the recorder; default localhost:9880. */
  readonly host?: string | undefined;
  /** For a recorder that wants one (AUTH_TOKEN_FILE). */
  readonly token?: string | undefined;
  /** PEM of the authorities that an https recorder's certificate must come from; default: those that Node.js knows. */
  readonly ca?: string | undefined;
  /** Breaks off whatever the client asks, and what it is receiving. */
  readonly signal?: AbortSignal | undefined;
}

/** What a run is started with; as StartRequest, without its name. */
export type StartOptions = Omit<StartRequest, 'run'>;

/**
 * The recorder's verbs. Every method asks the recorder once and returns its answer.
 * Whatever goes wrong, a refusal included, is a RecorderError whose message is a sentence.
 */
export class RecorderClient {
  readonly #server: RecorderServer;

  /** @throws RangeError saying what is allowed for an option that is something else. */
  constructor({ host = defaultAddress, token, ca, signal }: RecorderClientOptions = {}) {
    this.#server = recorderServer(baseUrl(host), {
      token: token === undefined ? undefined : readToken(token),
      ca: ca === undefined ? undefined : readAuthorities(ca),
      signal,
    });
  }

  start(run: string, options: StartOptions = {}): Promise<StartAnswer> {
    const query = new URLSearchParams();
    if (options.interval !== undefined) query.set('interval', String(options.interval));
    if (options.for !== undefined) query.set('for', String(options.for));
    for (const [key, value] of Object.entries(options.labels ?? {})) query.set(`label.${key}`, value);
    return this.#server.ask('POST', `/start/${encodeURIComponent(run)}?${query.toString()}`);
  }

  stop(): Promise<StopAnswer> {
    return this.#server.ask('POST', '/stop');
  }

  /** @param patience milliseconds after which no answer counts as `unreachable`; default: as long as it takes */
  status(patience?: Patience): Promise<StatusAnswer> {
    return this.#server.ask('GET', '/status', undefined, patience);
  }

  daemons(): Promise<DaemonsAnswer> {
    return this.#server.ask('GET', '/daemons');
  }

  instances(): Promise<InstancesAnswer> {
    return this.#server.ask('GET', '/instances');
  }

  /** @param patience as of status */
  alive(patience?: Patience): Promise<MessageAnswer> {
    return this.#server.ask('GET', '/alive', undefined, patience);
  }

  help(): Promise<HelpAnswer> {
    return this.#server.ask('GET', '/help');
  }

  /** Names a moment of the run that is on. */
  mark(label: string): Promise<MarkAnswer> {
    return this.#server.ask('POST', '/marks', { label });
  }

  runs(): Promise<RunsAnswer> {
    return this.#server.ask('GET', '/runs');
  }

  /** @param patience as of status */
  run(run: string, patience?: Patience): Promise<RunAnswer> {
    return this.#server.ask('GET', `/runs/${encodeURIComponent(run)}`, undefined, patience);
  }

  /** Deletes a run's folder on the recorder. */
  remove(run: string): Promise<MessageAnswer> {
    return this.#server.ask('DELETE', `/runs/${encodeURIComponent(run)}`);
  }

  /**
   * Downloads a run into `folder`/`run`, which must not exist, and checks every file against the
   * SHA-256 sums of its run.json. Until then it is in `folder`/.`run`.partial, where a later call goes on
   * with it; what is damaged is not left behind. Of a run that several shards have recorded, which is brought
   * at one go, it gets a folder for each, shard=0 and so on, or with `merge` one as one recorder of all daemons
   * would have written it.
   */
  fetch(run: string, folder = '.', options: FetchOptions = {}): Promise<FetchedRun> {
    return fetchRun(this.#server, run, folder, options);
  }

  /** Sums up what nodes, containers and processes used; see summarizeFolder. Of the run's files those are read that it needs. */
  async summary(run: string, options: SummaryOptions = {}): Promise<UsageSummary> {
    return this.#read(run, (data) => summarizeRun(data, options));
  }

  /** Writes a run in another format into a folder here; see exportFolder. */
  async export(run: string, options: ExportOptions): Promise<ExportedRun> {
    return this.#read(run, (data) => exportRun(data, options));
  }

  /** Of a run in parts all of it is downloaded: its rows have to be put in order. */
  async #read<T>(run: string, use: (data: RunData) => Promise<T>): Promise<T> {
    const { manifest } = await this.run(run);
    if (manifest.shard !== undefined || manifest.parts !== undefined) {
      return this.#unpacked(run, (folder) => useWholeRun(folder, (data) => use({ ...data, path: run })));
    }
    const place = await runOnRecorder({
      run,
      manifest: () => Promise.resolve(manifest),
      download: (name) =>
        this.#server.download(`/runs/${encodeURIComponent(run)}/${encodeURIComponent(name)}`),
    });
    return use(readRun(place));
  }

  /** Downloads a run into a temporary folder and verifies it there; see verifyFolder. */
  async verify(run: string): Promise<Verification> {
    return this.#unpacked(run, async (folder) => ({
      ...(await verifyFolder(folder, { isCopy: true })),
      path: run,
    }));
  }

  /** Downloads a run into a temporary folder. */
  async #unpacked<T>(run: string, use: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'kubemon-run-'));
    try {
      await unpack(await this.#server.download(`/runs/${encodeURIComponent(run)}.tar.gz`), folder);
      return await use(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
