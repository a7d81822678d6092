import { type Expected, larger } from '../../run/expected.ts';
import type { DesiredDaemons } from './daemonSet.ts';

/** A service whose endpoints are the daemons. */
export interface DaemonService {
  readonly namespace: string;
  readonly service: string;
  /** Its endpoints, ready or not; undefined as long as the API has not told. */
  readonly endpoints: number | undefined;
}

/** The larger of the service's endpoints and what the DaemonSet of the same name wants. */
export function expectedDaemons(
  { namespace, service, endpoints }: DaemonService,
  daemonSet: Pick<DesiredDaemons, 'desired' | 'refused'>,
): Expected {
  const name = `${namespace}/${service}`;
  const told =
    endpoints === undefined
      ? `the endpoints of the service ${name} are not known yet`
      : `the service ${name} has ${endpoints} endpoint${endpoints === 1 ? '' : 's'}`;
  const refused = daemonSet.refused() ? `; its DaemonSet may not be read, by RBAC` : '';
  const desired = daemonSet.desired();
  const byService = { count: endpoints ?? 0, reason: `${told}${refused}` };
  if (desired === undefined) return byService;
  return larger(byService, { count: desired, reason: `the DaemonSet ${name} wants ${desired}` });
}
