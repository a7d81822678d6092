/** What is wrong with a run's folder, or worth knowing of it. */
export interface Finding {
  /** Its name in the folder. */
  readonly file: string;
  /** From 1; of a row that spans lines, the first. */
  readonly line?: number;
  /** Where in the file it begins, from 0. */
  readonly byte?: number;
  /** ISO 8601. */
  readonly tick?: string;
  readonly sentence: string;
  /** `damage`: the folder is not what was recorded. A `note` takes nothing from what is there. */
  readonly severity: 'damage' | 'note';
}

export type Tell = (finding: Finding) => void;

/** Of one file more are only counted: one wrong byte may make a million rows wrong. */
const toldPerFile = 20;

export interface Findings {
  /** Whether it is kept. */
  readonly tell: (finding: Finding) => boolean;
  readonly told: readonly Finding[];
  /** How many were not kept, by file. */
  readonly untold: ReadonlyMap<string, number>;
}

export function createFindings(): Findings {
  const told: Finding[] = [];
  const counts = new Map<string, number>();
  const untold = new Map<string, number>();
  return {
    tell: (finding) => {
      const count = counts.get(finding.file) ?? 0;
      counts.set(finding.file, count + 1);
      if (count < toldPerFile) told.push(finding);
      else untold.set(finding.file, (untold.get(finding.file) ?? 0) + 1);
      return count < toldPerFile;
    },
    told,
    untold,
  };
}
