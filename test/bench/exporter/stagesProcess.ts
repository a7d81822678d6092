import { fileURLToPath } from 'node:url';
import { startAsked } from './asked.ts';

/** CPU of what is done for a scrape, in seconds. */
export interface Stages {
  /** Reading and parsing. */
  readonly collecting: number;
  /** From a snapshot to bytes. */
  readonly rendering: number;
  /** The collection of garbage that the exporter asks for itself; V8's own is in the others. */
  readonly garbage: number;
}

export interface StagesProcess {
  pass(): Promise<Stages>;
  stop(): Promise<void>;
}

export function startStages(): StagesProcess {
  const script = fileURLToPath(new URL('stages.js', import.meta.url));
  const { ask, stop } = startAsked(process.execPath, [script]);
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own, of the file beside
    pass: async () => JSON.parse(await ask()) as Stages,
    stop,
  };
}
