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

export function note(file: string, sentence: string): Finding {
  return { file, severity: 'note', sentence };
}
