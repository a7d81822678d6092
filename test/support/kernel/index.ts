import type { Readings } from '../series.ts';
import { readContainer } from './container.ts';
import { readNode } from './node.ts';
import { membersOf, readProcess } from './process.ts';

/**
 * What the kernel says of the machine, of these containers (full ids) and of their processes: a
 * reading of its own, with nothing of the exporter's parsers and readers in it.
 */
export function readKernel(containers: readonly string[]): Readings {
  const all = containers.flatMap((id) => {
    const members = membersOf(id);
    return [readContainer(id, members), ...members.map((member) => readProcess(id, member))];
  });
  return new Map([readNode(), ...all].flatMap((readings) => Array.from(readings)));
}
