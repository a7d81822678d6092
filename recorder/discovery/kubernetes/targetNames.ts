/** Something that needs a name of its own among the targets. */
export interface Named {
  /** What it is called in the order of preference; the last is unique. */
  readonly names: readonly string[];
  /** What makes it the same as before. */
  readonly identity: string;
}

/**
 * Gives each the first of its names that nobody has. Whoever had a name keeps it: when a second daemon
 * comes to a node, the first goes on under the node's name.
 * @param taken names that others have
 * @param before names by identity, as they were last given
 */
export function giveNames(
  all: readonly Named[],
  taken: ReadonlySet<string>,
  before: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const used = new Set(taken);
  const given = new Map<string, string>();
  const holds = ({ names, identity }: Named) => names[0] !== undefined && before.get(identity) === names[0];
  for (const { names, identity } of [...all.filter(holds), ...all.filter((each) => !holds(each))]) {
    const name = names.find((each) => !used.has(each)) ?? identity;
    used.add(name);
    given.set(identity, name);
  }
  return given;
}
