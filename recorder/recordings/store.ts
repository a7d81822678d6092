import {
  getJson,
  isStatus,
  type KubernetesApi,
  type Write,
  writeJson,
} from '../../exporter/serve/kubernetes/api.ts';
import { type Connection } from '../../exporter/serve/keepConnected.ts';
import { followObjects } from '../../exporter/serve/kubernetes/follow.ts';
import type { Log } from '../../exporter/serve/log.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import { withinTime } from '../../exporter/serve/timeLimit.ts';
import { type Agreement, type Lease, leaseName, readAgreement, withAgreement } from './agreement.ts';
import { apiVersion, type RecordingObject } from './recordingObject.ts';

/** The Recordings of the recorder's namespace and their Lease, as last told. */
export interface RecordingStore {
  /** Whether the cluster has both, and the recorder may see them. */
  isThere(): boolean;
  recordings(): readonly RecordingObject[];
  agreement(): Agreement | undefined;
  /** @throws KubernetesApiError, or what the connection failed with; so do the following. */
  create(recording: object): Promise<RecordingObject>;
  /** Of the agreement that is known now; undefined: of none. */
  version(): string | undefined;
  /** That of the agreement as it is now, which is known then. */
  latestVersion(): Promise<string | undefined>;
  /**
   * @param over the version that it was decided on. False: somebody has written meanwhile, and that is known then.
   */
  agree(agreement: Agreement, over: string | undefined): Promise<boolean>;
  /** The object as it is now, whatever was told last; undefined: it is gone. */
  look(recording: Pick<RecordingObject['metadata'], 'name' | 'uid'>): Promise<RecordingObject | undefined>;
  /** Into this very object: 409 where another one has its name by now. */
  tell(recording: RecordingObject, status: object): Promise<void>;
  close(): void;
}

export interface StoreOptions {
  readonly api: KubernetesApi;
  readonly log: Log;
  readonly onChange: () => void;
}

const component = 'k8s/components/recordings';

/** Seconds that a write may take. */
const patience = 3;

export function createStore({ api, log, onChange }: StoreOptions): RecordingStore {
  const { namespace } = api;
  const path = `/apis/${apiVersion}/namespaces/${namespace}/recordings`;
  const leases = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
  const closed = new AbortController();
  let recordings: Map<string, RecordingObject> | undefined;
  let lease: Lease | undefined;
  let leaseRefused = false;
  let isLeaseListed = false;
  let followedLease: Connection | undefined;
  let isLackTold = false;

  const followed = followObjects<RecordingObject>({
    api,
    path,
    query: {},
    what: `the Recordings of ${namespace}`,
    onList: (all) => {
      recordings = new Map(all.map((each) => [each.metadata.uid, each]));
      followedLease ??= followLease();
      tellLack();
      onChange();
    },
    onChange: (change, object) => {
      if (change === 'DELETED') recordings?.delete(object.metadata.uid);
      else recordings?.set(object.metadata.uid, object);
      onChange();
    },
    onError: (error) => {
      if (isStatus(error, 403, 404)) recordings = undefined;
    },
    explain: (error) =>
      isStatus(error, 403, 404)
        ? `Runs are no objects of Kubernetes in namespace ${namespace}, unless ${component} is applied: ${messageOf(error)}.`
        : undefined,
    log,
  });

  function followLease(): Connection {
    return followObjects<Lease>({
      api,
      path: leases,
      query: { fieldSelector: `metadata.name=${leaseName}` },
      what: `the Lease ${namespace}/${leaseName}`,
      onList: ([first]) => {
        isLeaseListed = true;
        takeLease(first);
        tellLack();
      },
      onChange: (change, object) => {
        takeLease(change === 'DELETED' ? undefined : object);
      },
      onError: (error) => {
        leaseRefused = isStatus(error, 403);
      },
      log,
    });
  }

  function takeLease(next: Lease | undefined): void {
    lease = next;
    leaseRefused = false;
    onChange();
  }

  function tellLack(): void {
    if (recordings === undefined || !isLeaseListed || lease !== undefined || isLackTold) return;
    isLackTold = true;
    log.warn(
      `There is no Lease ${namespace}/${leaseName}: until ${component} is applied, Recordings start nothing.`,
    );
  }

  async function write(what: Write): Promise<unknown> {
    const limit = { signal: closed.signal, seconds: patience, lacking: 'no answer' };
    return withinTime(limit, (signal) => writeJson(api, what, signal));
  }

  /** The object of that name; a list without a version is of the latest. */
  async function find<T>(where: string, name: string): Promise<T | undefined> {
    const limit = { signal: closed.signal, seconds: patience, lacking: 'no answer' };
    const query = { fieldSelector: `metadata.name=${name}` };
    const list = await withinTime(limit, (signal) => getJson(api, where, query, signal));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's own types
    return (list as { readonly items: readonly T[] }).items[0];
  }

  function version(): string | undefined {
    return lease?.metadata.resourceVersion;
  }

  async function latestVersion(): Promise<string | undefined> {
    const latest = await find<Lease>(leases, leaseName);
    if (latest?.metadata.resourceVersion !== version()) takeLease(latest);
    return version();
  }

  return {
    isThere: () => recordings !== undefined && lease !== undefined && !leaseRefused,
    recordings: () => [...(recordings?.values() ?? [])],
    agreement: () => lease && readAgreement(lease),
    create: async (recording) => {
      const made = await write({ method: 'POST', path, body: recording, type: 'application/json' });
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the CRD's schema
      const object = made as RecordingObject;
      // A watch may have told of it by now, and of more.
      if (recordings?.has(object.metadata.uid) === false) recordings.set(object.metadata.uid, object);
      return object;
    },
    version,
    latestVersion,
    agree: async (agreement, over) => {
      if (lease === undefined || version() !== over) return false;
      const body = withAgreement(lease, agreement);
      try {
        const written = await write({
          method: 'PUT',
          path: `${leases}/${leaseName}`,
          body,
          type: 'application/json',
        });
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's own types
        takeLease(written as Lease);
        return true;
      } catch (error) {
        if (!isStatus(error, 409)) throw error;
        await latestVersion();
        return false;
      }
    },
    look: async ({ name, uid }) => {
      const found = await find<RecordingObject>(path, name);
      if (found?.metadata.uid !== uid) recordings?.delete(uid);
      if (found !== undefined) recordings?.set(found.metadata.uid, found);
      return found?.metadata.uid === uid ? found : undefined;
    },
    tell: async ({ metadata: { name, uid } }, status) => {
      await write({
        method: 'PATCH',
        path: `${path}/${name}/status`,
        body: { metadata: { uid }, status },
        type: 'application/merge-patch+json',
      });
    },
    close: () => {
      closed.abort();
      followed.close();
      followedLease?.close();
    },
  };
}
