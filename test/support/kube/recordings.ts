import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RecordingObject, RecordingSpec } from '../../../recorder/recordings/recordingObject.ts';
import { until } from '../until.ts';
import { createAccount } from './account.ts';
import { kubectl, type Manifest, type TestNamespace } from './kubectl.ts';
import { k8s, readManifests } from './kustomize.ts';

const component = 'components/recordings';
const crd = 'recordings.kubemon.io';
const account = 'kubemon-recorder';

/** The account of a recorder of the test's namespace, with the rights that k8s/ gives it. Its token. */
export async function createRecorderAccount(namespace: TestNamespace): Promise<string> {
  const token = await createAccount(namespace, account);
  await namespace.apply(
    ...readManifests('recorder-role.yaml'),
    ...bindings('recorder-rolebinding.yaml', namespace),
  );
  return token;
}

/**
 * Switches the component `recordings` on in the test's namespace. Returns what takes the kind away again.
 * @throws where the cluster has the kind: it would be taken away with the Recordings of others
 */
export async function installRecordings(namespace: TestNamespace): Promise<() => Promise<void>> {
  // Another test may be taking it away.
  await until(
    `the kind ${crd} is not there: this test takes it away with all Recordings, so give it a cluster without kubemon`,
    async () => (await kubectl('get', 'crd', crd, '--ignore-not-found')) === '',
    60,
  );
  await kubectl('apply', '-f', join(k8s, component, 'recordings-customresourcedefinition.yaml'));
  await kubectl('wait', '--for=condition=Established', `crd/${crd}`, '--timeout=30s');
  await namespace.apply(
    ...readManifests(join(component, 'recorder-lease.yaml')),
    ...readManifests(join(component, 'recorder-role.yaml')),
    ...bindings(join(component, 'recorder-rolebinding.yaml'), namespace),
  );
  return async () => {
    await kubectl('delete', 'crd', crd, '--ignore-not-found');
  };
}

function bindings(path: string, namespace: TestNamespace): readonly Manifest[] {
  const subjects = [{ kind: 'ServiceAccount', name: account, namespace: namespace.name }];
  return readManifests(path).map((binding) => ({ ...binding, subjects }));
}

export function recording(name: string, spec: RecordingSpec = {}): Manifest {
  return { apiVersion: 'kubemon.io/v1alpha1', kind: 'Recording', metadata: { name }, spec };
}

/** kubectl apply of what may be refused: what it prints. */
export async function tryApply(namespace: TestNamespace, object: unknown): Promise<string> {
  const running = promisify(execFile)('kubectl', ['-n', namespace.name, 'apply', '-f', '-']);
  running.child.stdin?.end(JSON.stringify(object));
  return running.then(
    ({ stdout }) => stdout.trim(),
    (error: unknown) => String(error),
  );
}

/** A namespace, as far as it is asked. */
type Asked = Pick<TestNamespace, 'kubectl'>;

export async function getRecording(namespace: Asked, name: string): Promise<RecordingObject> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema of the CRD
  return JSON.parse(await namespace.kubectl('get', 'recording', name, '-o', 'json')) as RecordingObject;
}

/** Waits until its status is as wanted. */
export async function untilStatus(
  namespace: Asked,
  name: string,
  what: string,
  wanted: (status: NonNullable<RecordingObject['status']>) => boolean,
): Promise<NonNullable<RecordingObject['status']>> {
  let status: RecordingObject['status'];
  await until(
    `Recording ${name} is ${what}`,
    async () => {
      ({ status } = await getRecording(namespace, name));
      return status !== undefined && wanted(status);
    },
    60,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)} It is ${JSON.stringify(status)}`, { cause: error });
  });
  return status ?? {};
}
