import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An image with a shell, for pods of the tests: one that the nodes have or can pull. */
export const guestImage = process.env['KUBEMON_GUEST_IMAGE'] ?? 'busybox:stable';

/** Runs kubectl on the cluster of KUBECONFIG; what it prints, trimmed. */
export async function kubectl(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('kubectl', args, { maxBuffer: 2 ** 26 });
  return stdout.trim();
}

/** Runs it with `-o json`. */
export async function kubectlJson<T>(...args: readonly string[]): Promise<T> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller knows what it asks for
  return JSON.parse(await kubectl(...args, '-o', 'json')) as T;
}

/** An object of Kubernetes, as a manifest says it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

export async function apply(...objects: readonly Manifest[]): Promise<void> {
  const running = run('kubectl', ['apply', '-f', '-']);
  running.child.stdin?.end(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  await running;
}

/** A namespace of the test's own. */
export interface TestNamespace {
  readonly name: string;
  /** kubectl in this namespace. */
  kubectl(...args: readonly string[]): Promise<string>;
  /** Applies objects to this namespace. */
  apply(...objects: readonly Manifest[]): Promise<void>;
  /** Asks for the end of all that is in it, and does not wait for that. */
  remove(): Promise<void>;
}

/** Makes it, and waits until pods can be made in it. */
export async function createNamespace(room: string): Promise<TestNamespace> {
  const name = `t-${room}-${process.pid}`;
  const inside = async (...args: readonly string[]) => kubectl('-n', name, ...args);
  await kubectl('create', 'namespace', name);
  while ((await inside('get', 'serviceaccount', 'default', '--ignore-not-found')) === '') await sleep(50);
  return {
    name,
    kubectl: inside,
    apply: async (...objects) =>
      apply(...objects.map((object) => ({ ...object, metadata: { ...object.metadata, namespace: name } }))),
    remove: async () => {
      await kubectl('delete', 'namespace', name, '--wait=false');
    },
  };
}
