import type { Requirement } from './requirements.ts';

/** One part of the benchmark: what it measures it measures beside its peers and floors, in one run. */
export interface Part {
  /** What the command takes to run this part alone. */
  readonly name: string;
  /** What it needs besides Linux; absent: all that the benchmark knows of. */
  readonly needs?: readonly Requirement[];
  /** It needs what most machines lack: there it is left out, unless it was asked for by name. */
  readonly isOptional?: true;
  /** @throws when something could not be measured: a figure that is missing is an error, never a good one. */
  run(options: BenchOptions): Promise<PartReport>;
}

export interface BenchOptions {
  /** Little of everything, to see that it works: the figures mean nothing. */
  readonly quick: boolean;
  /** Progress, a line. */
  readonly say: (line: string) => void;
  /** An empty folder for what the part needs while it runs; removed afterwards. */
  readonly scratch: string;
}

export interface PartReport {
  readonly title: string;
  readonly figures: readonly Figure[];
  readonly tables: readonly Table[];
  readonly plots: readonly Plot[];
  /** Paragraphs: how it was measured, and what the figures do not say. */
  readonly notes: readonly string[];
}

/** One line of the table of goals. */
export interface Figure {
  readonly what: string;
  /** With its unit. */
  readonly measured: string;
  /** To what it is compared with, in the same run: "2.1 x the floor". */
  readonly ratio?: string;
  readonly goal?: string;
  readonly isMet?: boolean;
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Plot {
  /** File name, without `.svg`; no two parts may use the same. */
  readonly name: string;
  readonly title: string;
  readonly svg: string;
}
