import { type MovingValue, movingValue } from './movingValue.ts';

/** A metric family of a recorded exposition. */
export interface Family {
  /** HELP and TYPE. */
  readonly head: string;
  /** Of the node and of the exporter. */
  readonly own: readonly Sample[];
  /** By container id. */
  readonly contained: ReadonlyMap<string, readonly Sample[]>;
}

export interface Sample {
  /** All of its line up to the value. */
  readonly series: string;
  readonly value: MovingValue;
}

/** @throws when it does not begin with a comment. */
export function recordedFamilies(text: string): readonly Family[] {
  const families: { head: string; own: Sample[]; contained: Map<string, Sample[]> }[] = [];
  let isHead = false;
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const isComment = line.startsWith('#');
    if (isComment && !isHead) families.push({ head: '', own: [], contained: new Map() });
    isHead = isComment;
    const family = families.at(-1);
    if (family === undefined) throw new Error('The recorded exposition does not begin with a family.');
    if (isComment) {
      family.head += `${line}\n`;
      continue;
    }
    const sample = parseSample(line);
    const container = /container_id="([^"]*)"/.exec(sample.series)?.[1];
    if (container === undefined) family.own.push(sample);
    else family.contained.set(container, [...(family.contained.get(container) ?? []), sample]);
  }
  return families;
}

function parseSample(line: string): Sample {
  // A label may hold a blank, a value cannot.
  const end = line.lastIndexOf(' ') + 1;
  const series = line.slice(0, end);
  return { series, value: movingValue(series, line.slice(end)) };
}

/** How many samples each of its containers has. */
export function containerSizes(families: readonly Family[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { contained } of families) {
    for (const [name, samples] of contained) sizes.set(name, (sizes.get(name) ?? 0) + samples.length);
  }
  return sizes;
}
