import { runs } from '../support/runs.ts';
import { findPrometheus } from './prometheusProgram.ts';

/** What a part may need besides Linux: how it is called, and whether it is there. */
const requirements = [
  { key: 'root', name: 'root', isMet: () => process.getuid?.() === 0 },
  {
    key: 'docker',
    name: 'a Docker daemon that answers at DOCKER_HOST',
    isMet: () => runs('docker', 'version'),
  },
  { key: 'compiler', name: 'a C compiler', isMet: () => runs('cc', '--version') },
  { key: 'prometheus', name: 'prometheus', isMet: () => findPrometheus() !== undefined },
  {
    key: 'nodeExporter',
    name: 'prometheus-node-exporter',
    isMet: () => runs('prometheus-node-exporter', '--version'),
  },
  {
    key: 'processExporter',
    name: 'prometheus-process-exporter',
    isMet: () => runs('prometheus-process-exporter', '--version'),
  },
] as const;

export type Requirement = (typeof requirements)[number]['key'];

/** A part, as far as it matters here. Without `needs` it needs all. */
interface Needing {
  readonly name: string;
  readonly needs?: readonly Requirement[];
}

/** A sentence that says what this machine lacks of what the parts need; undefined: nothing. */
export function missingFor(
  parts: readonly Needing[],
  platform: string = process.platform,
): string | undefined {
  if (platform !== 'linux') return `The benchmark needs Linux: it cannot run on ${platform}.`;
  const lacking = requirements.flatMap(({ key, name, isMet }) => {
    const needing = parts.filter(({ needs }) => needs === undefined || needs.includes(key));
    if (needing.length === 0 || isMet()) return [];
    return [`${name} (for ${needing.map((part) => part.name).join(', ')})`];
  });
  return lacking.length === 0
    ? undefined
    : `The benchmark needs what this machine lacks: ${lacking.join(', ')}. See test/bench/README.md.`;
}
