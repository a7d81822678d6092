import { createHash } from 'node:crypto';
import { containerSizes, type Family, recordedFamilies } from './recordedFamilies.ts';

/** What a simulated daemon shows, as time goes on. */
export interface Body {
  /** Samples of one answer. */
  readonly samples: number;
  /**
   * The exposition after so many steps: every counter that was not recorded as 0 has moved on.
   * @param at what it says was its moment, in seconds since the epoch.
   */
  render(step: number, at: number, scope: 'node' | 'all'): string;
}

export interface BodyOptions {
  /** How many samples it should have: containers are whole, so there may be some more. */
  readonly samples: number;
  /** Daemons of different numbers have different containers. */
  readonly number: number;
  /** Share of the samples whose series are new at each step: containers are replaced by others. */
  readonly churn: number;
}

/** A container of a daemon: one that was recorded, under another name. */
interface Container {
  readonly index: number;
  readonly recorded: string;
  /** When in the life of one it is replaced: from 0 up to 1. */
  readonly phase: number;
}

/** The series of a container, by family, while it is not replaced. */
interface Named {
  readonly generation: number;
  readonly families: readonly (readonly string[])[];
}

const collectedAt = 'kubemon_exporter_collected_timestamp_seconds';
const light = /^(?:kubemon_node|kubemon_exporter|process|nodejs)_/;

/** Makes a recorded exposition as large as wanted, by more containers like those that it has. */
export function createBody(recorded: string, { samples, number, churn }: BodyOptions): Body {
  const families = recordedFamilies(recorded);
  const own = families.reduce((sum, family) => sum + family.own.length, 0);
  const { containers, contained } = containersFor(samples - own, families, number);
  const total = own + contained;
  const replaced = churn === 0 ? 0 : (churn * total) / contained;
  const named = new Map<Container, Named>();

  function namesOf(container: Container, step: number): Named['families'] {
    const generation = Math.floor(step * replaced + container.phase);
    const last = named.get(container);
    if (last?.generation === generation) return last.families;
    const place = { number, generation, containers: containers.length };
    const next = families.map((family) =>
      (family.contained.get(container.recorded) ?? []).map(({ series }) => rename(series, container, place)),
    );
    named.set(container, { generation, families: next });
    return next;
  }

  return {
    samples: total,
    render: (step, at, scope) => {
      const names = containers.map((container) => ({ container, families: namesOf(container, step) }));
      const parts: string[] = [];
      for (const [index, family] of families.entries()) {
        if (scope === 'node' && !light.test(family.own[0]?.series ?? '')) continue;
        parts.push(family.head);
        for (const { series, value } of family.own) {
          parts.push(series, series.startsWith(collectedAt) ? at.toFixed(6) : value(step), '\n');
        }
        for (const { container, families: told } of names) {
          for (const [place, { value }] of family.contained.get(container.recorded)?.entries() ?? []) {
            parts.push(told[index]?.[place] ?? '', value(step), '\n');
          }
        }
      }
      return parts.join('');
    },
  };
}

/** So many that they have at least that many samples. */
function containersFor(samples: number, families: readonly Family[], number: number) {
  const sizes = [...containerSizes(families)];
  const containers: Container[] = [];
  let contained = 0;
  while (contained < samples) {
    const index = containers.length;
    const [recorded, size] = sizes[index % sizes.length] ?? [];
    if (recorded === undefined || size === undefined) {
      throw new Error('The recorded exposition has no containers to make more of.');
    }
    containers.push({ index, recorded, phase: fraction(`${number}/${index}`) });
    contained += size;
  }
  return { containers, contained };
}

/** No recorded container has more, and their last digits differ. */
const pidsPerContainer = 16;

function rename(
  series: string,
  { index, recorded }: Container,
  { number, generation, containers }: { number: number; generation: number; containers: number },
): string {
  const id = digest(`${number}/${index}/${generation}`).toString('hex').slice(0, 12);
  const app = `app-${index % 7}`;
  const firstPid = 1000 + (generation * containers + index) * pidsPerContainer;
  return series
    .replaceAll(recorded, id)
    .replace(
      'namespace="",pod="",container=""',
      `namespace="shop",pod="${app}-${id.slice(0, 5)}",container="${app}"`,
    )
    .replace(/pid="(\d+)"/, (_, pid: string) => `pid="${firstPid + (Number(pid) % pidsPerContainer)}"`);
}

/** Always the same of a text, from 0 up to but without 1. */
function fraction(text: string): number {
  return digest(text).readUInt32BE() / 2 ** 32;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
