import type { V1Endpoints, V1EndpointSlice } from '@kubernetes/client-node';
import { explainApiError, isStatus, type KubernetesApi } from '../../../exporter/serve/kubernetes/api.ts';
import { type FollowedObject, followObjects } from '../../../exporter/serve/kubernetes/follow.ts';
import type { Log } from '../../../exporter/serve/log.ts';
import type { Problem } from '../discovery.ts';
import type { Endpoint } from './endpoint.ts';
import { fromEndpointsObjects } from './endpointsObject.ts';
import { fromEndpointSlices } from './endpointSlices.ts';

export interface FollowedService {
  /** As last told; undefined before the first answer. */
  endpoints(): readonly Endpoint[] | undefined;
  /** Whether the API has told or refused them. */
  answered(): boolean;
  /** Why the API does not tell now what is there. */
  problem(): Problem | undefined;
  close(): void;
}

export interface FollowingService {
  readonly api: KubernetesApi;
  readonly namespace: string;
  readonly service: string;
  readonly log: Log;
  readonly onChange: () => void;
}

/**
 * Keeps up with the endpoints of a service: by its EndpointSlices, or by its Endpoints where the API
 * server has no EndpointSlice.
 */
export function followService(following: FollowingService): FollowedService {
  const { namespace, service, log } = following;
  let followed = followSlices();

  function followSlices(): FollowedService {
    return followKind<V1EndpointSlice>(following, {
      path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
      query: { labelSelector: `kubernetes.io/service-name=${service}` },
      resource: 'endpointslices',
      read: fromEndpointSlices,
      onError: (error) => {
        // What was there once is served: then it is a proxy on the way that does not know it now.
        if (followed.endpoints() !== undefined) return;
        if (isStatus(error, 404)) fallBack();
      },
    });
  }

  function fallBack(): void {
    log.warn(`EndpointSlice is not served: the Endpoints of ${namespace}/${service} are followed instead.`);
    followed.close();
    followed = followKind<V1Endpoints>(following, {
      path: `/api/v1/namespaces/${namespace}/endpoints`,
      query: { fieldSelector: `metadata.name=${service}` },
      resource: 'endpoints',
      read: fromEndpointsObjects,
    });
  }

  return {
    endpoints: () => followed.endpoints(),
    answered: () => followed.answered(),
    problem: () => followed.problem(),
    close: () => {
      followed.close();
    },
  };
}

interface Kind<T> {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** As RBAC calls it. */
  readonly resource: string;
  readonly read: (objects: readonly T[]) => readonly Endpoint[];
  readonly onError?: (error: unknown) => void;
}

/**
 * Milliseconds from a change until it is told. Endpoints that are moved from slice to slice may be in
 * none of them between two changes.
 */
const settling = 100;

type Named = FollowedObject & { readonly metadata?: { readonly name?: string } };

function followKind<T extends Named>(
  { api, namespace, service, log, onChange }: FollowingService,
  { path, query, resource, read, onError }: Kind<T>,
): FollowedService {
  const objects = new Map<string, T>();
  let endpoints: readonly Endpoint[] | undefined;
  let changing: NodeJS.Timeout | undefined;
  let answered = false;
  let refused = false;
  const what = `the ${resource} of ${namespace}/${service}`;
  const example = namespace === api.namespace ? '' : ', as k8s/examples/application-exporter has one';
  const role = ` It needs a Role in namespace ${namespace} that lets it list and watch ${resource}${example}.`;

  function tell(): void {
    clearTimeout(changing);
    changing = undefined;
    answered = true;
    endpoints = read([...objects.values()]);
    onChange();
  }

  const connection = followObjects<T>({
    api,
    path,
    query,
    what,
    onList: (all) => {
      refused = false;
      objects.clear();
      for (const object of all) objects.set(object.metadata?.name ?? '', object);
      tell();
    },
    onChange: (change, object) => {
      const name = object.metadata?.name ?? '';
      if (change === 'DELETED') objects.delete(name);
      else objects.set(name, object);
      changing ??= setTimeout(tell, settling).unref();
    },
    onError: (error) => {
      const wasRefused = refused;
      refused = isStatus(error, 403);
      // A peer that was never there is no more than a note in the log; this one stays away until somebody acts.
      if (refused && !wasRefused) log.warn(`${explainApiError(api, what, error)}${role}`);
      onError?.(error);
      if (answered) return;
      answered = true;
      onChange();
    },
    log,
  });

  return {
    endpoints: () => endpoints,
    answered: () => answered,
    problem: () => {
      const { reason, since } = connection;
      if (reason === undefined) return undefined;
      return { message: refused ? `${reason}${role}` : reason, since };
    },
    close: () => {
      clearTimeout(changing);
      connection.close();
    },
  };
}
