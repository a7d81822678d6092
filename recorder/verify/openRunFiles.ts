import { resumeLogName } from '../csv/resumeLog.ts';
import { isoTime } from '../csv/rows.ts';
import type { Column, Manifest } from '../run/manifest.ts';
import { type CheckedFile, openCheckedFile } from './checkedFile.ts';
import type { Figures } from './figures.ts';
import type { Finding } from './finding.ts';
import type { JournalPlace } from './followJournal.ts';
import { createRowChecks } from './rowChecks.ts';

/** The files of a run that grow: each is read beside the journal. */
export interface RunFiles {
  readonly described: readonly { readonly name: string; readonly columns: readonly Pick<Column, 'name'>[] }[];
  /** The name that the resume log has; undefined: it is not there, and need not be. */
  readonly resumeLog: string | undefined;
  readonly manifest: Manifest | undefined;
  readonly figures: Figures;
  /** Where in the journal the checks are. */
  readonly place: Readonly<JournalPlace>;
  readonly tell: (finding: Omit<Finding, 'severity'>) => void;
}

/** @param files gets them, also those that were opened before one that cannot be. */
export async function openRunFiles(
  path: string,
  { described, resumeLog, manifest, figures, place, tell }: RunFiles,
  files: Map<string, CheckedFile>,
): Promise<void> {
  const interval = manifest?.settings.intervalSeconds;
  const committed = () => place.tick;
  for (const { name, columns } of described) {
    const rows = createRowChecks(name, columns, {
      interval,
      stop: manifest?.stop,
      figures,
      committed,
      tell: ({ line, byte }, sentence) => {
        const { tick } = place;
        tell({ file: name, line, byte, ...(tick !== undefined && { tick: isoTime(tick) }), sentence });
      },
    });
    files.set(name, await openCheckedFile(path, name, rows));
  }
  if (resumeLog === undefined) return;
  files.set(resumeLogName, await openCheckedFile(path, resumeLogName, undefined, resumeLog));
}
