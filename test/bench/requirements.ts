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
  { key: 'ip', name: 'the command ip', isMet: () => runs('ip', '-V') },
  {
    key: 'kubernetes',
    name: 'a Kubernetes cluster that kubectl finds by KUBECONFIG',
    isMet: () => process.env['KUBECONFIG'] !== undefined && runs('kubectl', 'get', 'nodes'),
  },
] as const;

export type Requirement = (typeof requirements)[number]['key'];

/** A part, as far as it matters here. Without `needs` it needs all. */
interface Needing {
  readonly name: string;
  readonly needs?: readonly Requirement[];
  readonly isOptional?: true;
}

/** A sentence that says what this machine lacks of what the parts need; undefined: nothing. */
export function missingFor(
  parts: readonly Needing[],
  platform: string = process.platform,
): string | undefined {
  if (platform !== 'linux') return `The benchmark needs Linux: it cannot run on ${platform}.`;
  const lacking = lackingFor(parts).map(
    ({ name, needing }) => `${name} (for ${needing.map((part) => part.name).join(', ')})`,
  );
  return lacking.length === 0
    ? undefined
    : `The benchmark needs what this machine lacks: ${lacking.join(', ')}. See test/bench/README.md.`;
}

/** What is left of parts that nobody has asked for by name, and a sentence for each that is left out. */
export function withoutLacking<Each extends Needing>(
  parts: readonly Each[],
): { readonly parts: readonly Each[]; readonly leftOut: readonly string[] } {
  const optional = parts.filter(({ isOptional }) => isOptional === true);
  const lacking = lackingFor(optional);
  const isLacking = (part: Each) => lacking.some(({ needing }) => needing.includes(part));
  return {
    parts: parts.filter((part) => !isLacking(part)),
    leftOut: optional.filter(isLacking).map((part) => {
      const names = lacking.filter(({ needing }) => needing.includes(part)).map(({ name }) => name);
      return `The part "${part.name}" is left out, since this machine lacks what it needs: ${names.join(', ')}. See test/bench/README.md.`;
    }),
  };
}

/** What this machine lacks, and the parts that need it. */
function lackingFor<Each extends Needing>(parts: readonly Each[]) {
  return requirements.flatMap(({ key, name, isMet }) => {
    const needing = parts.filter(({ needs }) => needs === undefined || needs.includes(key));
    return needing.length === 0 || isMet() ? [] : [{ name, needing }];
  });
}
