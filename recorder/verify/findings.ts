import type { Finding, Tell } from './finding.ts';

/** All that is found of a folder. */
export interface Findings {
  readonly tell: Tell;
  /** @param commit the number of the journal's record that it came up with; 0: with none. */
  readonly damaged: (finding: Omit<Finding, 'severity'>, commit: number) => void;
  /** @param durable how many records a power cut cannot have taken: what came up behind them is no damage. */
  readonly told: (durable: number) => readonly Finding[];
  /** How many were not kept, by file. */
  readonly untold: () => Readonly<Record<string, number>>;
}

/** Of one file more are only counted: one wrong byte may make a million rows wrong. */
const toldPerFile = 20;

export function createFindings(): Findings {
  const kept: { readonly finding: Finding; readonly commit: number }[] = [];
  const counts = new Map<string, number>();

  function keep(finding: Finding, commit: number): void {
    const count = counts.get(finding.file) ?? 0;
    counts.set(finding.file, count + 1);
    if (count < toldPerFile) kept.push({ finding, commit });
  }

  return {
    tell: (finding) => {
      keep(finding, 0);
    },
    damaged: (finding, commit) => {
      keep({ ...finding, severity: 'damage' }, commit);
    },
    told: (durable) =>
      kept.map(({ finding, commit }) => (commit > durable ? { ...finding, severity: 'note' } : finding)),
    untold: () =>
      Object.fromEntries(
        [...counts]
          .filter(([, count]) => count > toldPerFile)
          .map(([file, count]) => [file, count - toldPerFile]),
      ),
  };
}
