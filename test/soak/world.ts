import { type Exposition, machine } from '../recorder/run/loopbackExporter.ts';

/** What the targets of a soak are: known to the process that serves them and to the test that reads the run. */
export const daemons = ['one', 'two', 'three'] as const;
export type Daemon = (typeof daemons)[number];
/** A target that is no kubemon exporter. */
export const application = 'application';

/**
 * Seconds after which a daemon's third container is another: at the default interval some thousand come and
 * go within 10,000 ticks, which is more than a recorder remembers.
 */
const lifetime = 40;
const steady = ['0123456789ab', 'abcdef012345'] as const;

/** The ids of a daemon's containers at a moment, in seconds since the epoch. */
export function containersAt(daemon: Daemon, moment: number): readonly string[] {
  // Not all daemons at once.
  const generation = Math.floor(moment / lifetime + daemons.indexOf(daemon) / daemons.length);
  return [...steady, generation.toString(16).padStart(12, 'f')];
}

/** What a daemon says at a moment. */
export function sceneOf(daemon: Daemon, moment: number): ReturnType<Exposition> {
  return machine(daemon, containersAt(daemon, moment))(moment);
}

/** kubemon_node_context_switches_total of every daemon at a moment. */
export function contextSwitchesAt(moment: number): number {
  return Math.floor(moment * 100);
}
