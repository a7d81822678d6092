import type { KubernetesApi } from '../../../exporter/serve/kubernetes/api.ts';
import type { Log } from '../../../exporter/serve/log.ts';
import type { Target } from '../../scrape/target.ts';
import type { Discovery, Problem } from '../discovery.ts';
import { askDaemonSet } from './daemonSet.ts';
import { expectedDaemons } from './expectedDaemons.ts';
import { followService } from './followService.ts';
import { serviceProblem } from './serviceProblem.ts';
import { entryOf, type ServiceReference } from './serviceReference.ts';
import { serviceTargets } from './serviceTargets.ts';
import { logChanges } from './targetChanges.ts';

export interface KubernetesDiscoveryOptions {
  readonly api: KubernetesApi;
  /** The service of the daemons. */
  readonly daemons: ServiceReference;
  /** Services of further exporters. */
  readonly further: readonly ServiceReference[];
  /** Names of other targets. */
  readonly taken: ReadonlySet<string>;
  readonly log: Log;
}

/**
 * The endpoints of services, as the Kubernetes API tells them. While it is away or refuses, what it told
 * last stays.
 */
export function kubernetesDiscovery(options: KubernetesDiscoveryOptions): Discovery {
  const { api, taken, log } = options;
  const home = api.namespace;
  const listeners: (() => void)[] = [];
  let targets: readonly Target[] = [];
  let serviceProblems: readonly Problem[] = [];
  let setFound: (() => void) | undefined;
  const found = new Promise<void>((resolve) => {
    setFound = resolve;
  });

  const daemons = follow(options.daemons, 'daemon');
  const services = [daemons, ...options.further.map((reference) => follow(reference, 'further'))];
  const daemonSet = askDaemonSet({
    api,
    namespace: daemons.namespace,
    name: daemons.service,
    log,
    onChange: update,
  });

  function follow(reference: ServiceReference, role: Target['role']) {
    const { service, namespace = home } = reference;
    const followed = followService({ api, namespace, service, log, onChange: update });
    return { ...reference, namespace, role, followed };
  }

  function tell(): void {
    for (const listener of listeners) listener();
  }

  function update(): void {
    const known = services.flatMap((service) => {
      const endpoints = service.followed.endpoints();
      return endpoints === undefined ? [] : [{ ...service, endpoints }];
    });
    const before = targets;
    targets = serviceTargets(known, { home, taken, before });
    logChanges(before, targets, log);
    serviceProblems = known.map((service) => serviceProblem(service, daemonSet)).flatMap(remember);
    if (services.every(({ followed }) => followed.answered())) setFound?.();
    tell();
  }

  /** A problem that stays has been there since it was first seen. */
  function remember(problem: ReturnType<typeof serviceProblem>): readonly Problem[] {
    if (problem === undefined) return [];
    const known = serviceProblems.find(({ message }) => message === problem.message);
    if (known === undefined) log.warn(problem.message);
    return [{ ...problem, since: known?.since ?? Date.now() / 1000 }];
  }

  function problems(): readonly Problem[] {
    const unfollowed = services.flatMap(unfollowedProblem);
    // The DaemonSet is asked for often, and so tells the sooner that nobody answers.
    const asked = daemonSet.problem();
    const away = unfollowed.length > 0 || asked === undefined ? unfollowed : [stillScraped(asked)];
    return [...away, ...serviceProblems];
  }

  /** What was told once is scraped all the same; of a service of which nothing ever was, no target is. */
  function unfollowedProblem(service: (typeof services)[number]): readonly Problem[] {
    const problem = service.followed.problem();
    if (problem === undefined) return [];
    const isTold = service.followed.endpoints() !== undefined;
    return [isTold ? stillScraped(problem) : { ...problem, unrecorded: entryOf(service) }];
  }

  function stillScraped({ message, since }: Problem): Problem {
    const rest = targets.length === 0 ? '' : ' What it told last is still scraped.';
    return { message: `${message}${rest}`, since };
  }

  return {
    targets: () => targets,
    expected: () => expectedDaemons(countDaemons(), daemonSet),
    problems,
    found: () => found,
    onChange: (listener) => {
      listeners.push(listener);
    },
    close: () => {
      daemonSet.close();
      for (const { followed } of services) followed.close();
    },
  };

  function countDaemons() {
    const { namespace, service, followed } = daemons;
    const known = followed.endpoints() !== undefined;
    const endpoints = known ? targets.filter(({ role }) => role === 'daemon').length : undefined;
    return { namespace, service, endpoints };
  }
}
