import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { csvFiles } from '../csv/columns.ts';
import { type CommitRecord, journalName } from '../csv/journal.ts';
import { manifestName } from '../csv/makeFolder.ts';
import { resumeLogName } from '../csv/resumeLog.ts';
import { isoTime } from '../csv/rows.ts';
import { type CheckedFile, openCheckedFile } from './checkedFile.ts';
import { checkOpenEnds, checkStoppedEnds } from './checkEnds.ts';
import { compareFigures } from './compareFigures.ts';
import { createEarlierFigures } from './earlierFigures.ts';
import { createFigures, type Figures } from './figures.ts';
import { createFindings, type Finding } from './finding.ts';
import { followJournal, type JournalPlace } from './followJournal.ts';
import { readFolderNames } from './folderNames.ts';
import { createRowChecks } from './rowChecks.ts';
import { readRunRecord } from './runRecord.ts';
import type { Verification } from './verification.ts';

export interface VerifyOptions {
  /** The folder was downloaded: hidden files are in no archive. */
  readonly isCopy?: boolean;
}

/**
 * Compares a run's folder with what its journal and run.json say of it. Every file is read once, as a stream.
 * A run may be recorded meanwhile: what is added then is left out.
 * @throws when it is no run's folder, or a file cannot be read.
 */
export async function verifyFolder(folder: string, options: VerifyOptions = {}): Promise<Verification> {
  const path = resolve(folder);
  const files = new Map<string, CheckedFile>();
  try {
    return await verify(path, files, options);
  } finally {
    await Promise.allSettled(Array.from(files.values(), (file) => file.close()));
  }
}

/** @param files those that were opened. */
async function verify(
  path: string,
  files: Map<string, CheckedFile>,
  { isCopy = false }: VerifyOptions,
): Promise<Verification> {
  const isFolder = await stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new Error(`There is no folder ${path}.`);
  const findings = createFindings();
  const place: JournalPlace = { commits: 0, tick: undefined };
  /** The commits that findings came up with. */
  const commits = new Map<Finding, number>();
  function damaged(finding: Omit<Finding, 'severity'>): void {
    const damage: Finding = { ...finding, severity: 'damage' };
    if (findings.tell(damage) && place.commits > 0) commits.set(damage, place.commits);
  }

  const manifest = await readRunRecord(path, findings.tell);
  const described = manifest?.files ?? csvFiles;
  const names = described.map(({ name }) => name);
  const { hasJournal, resumeLog } = await readFolderNames(path, names, findings.tell);
  if (manifest === undefined && !hasJournal) {
    throw new Error(
      `${path} is no run's folder: it has neither a ${manifestName} that can be read nor a ${journalName}.`,
    );
  }
  const isStopped = manifest?.state === 'stopped';
  const interval = manifest?.settings.intervalSeconds;
  const figures = createFigures(manifest?.daemons ?? []);
  for (const { name, columns } of described) {
    const tell = ({ line, byte }: { readonly line: number; readonly byte: number }, sentence: string) => {
      damaged({
        file: name,
        line,
        byte,
        ...(place.tick !== undefined && { tick: isoTime(place.tick) }),
        sentence,
      });
    };
    const committed = () => place.tick;
    const rows = createRowChecks(name, columns, { interval, stop: manifest?.stop, figures, committed, tell });
    files.set(name, await openCheckedFile(path, name, rows));
  }
  const absent = new Set<string>();
  if (resumeLog === undefined && (isStopped || isCopy)) absent.add(resumeLogName);
  else files.set(resumeLogName, await openCheckedFile(path, resumeLogName, undefined, resumeLog));
  if (absent.size > 0 && !isCopy)
    findings.tell(
      note(resumeLogName, 'is not there, and was not verified: only to go on with a run it is needed'),
    );

  const earlier = manifest !== undefined && !isStopped ? createEarlierFigures(manifest, figures) : undefined;
  const journal = hasJournal
    ? await followJournal(path, {
        files,
        absent,
        interval,
        place,
        tell: damaged,
        onCommit: (record, before) => {
          earlier?.commit(record);
          return untoldTick(record, before, figures);
        },
      })
    : undefined;

  if (isStopped) {
    if (journal === undefined)
      findings.tell(
        note(
          journalName,
          `is not there: the files were compared with ${manifestName} alone, and not tick by tick`,
        ),
      );
    for (const finding of await checkStoppedEnds(manifest, files, journal)) findings.tell(finding);
  } else if (journal === undefined) {
    damaged({ file: journalName, sentence: 'is missing: nothing tells how far the files of the run go' });
  } else {
    for (const finding of checkOpenEnds(names, files, journal)) findings.tell(finding);
  }
  // Of files that are not what was recorded figures prove nothing.
  const isCountable = [...files.values()].every((file) => file.isWhole());
  if (isCountable && isStopped) {
    for (const sentence of compareFigures(manifest, figures)) damaged({ file: manifestName, sentence });
  }
  if (isCountable && earlier !== undefined && journal?.isWhole === true) {
    for (const finding of earlier.findings()) findings.tell(finding);
  }

  // Of a run that is not stopped a power cut may have taken what was not made durable yet.
  const durable = journal === undefined || isStopped ? Infinity : journal.durable;
  const told = findings.told.map((finding): Finding => {
    return (commits.get(finding) ?? 0) > durable ? { ...finding, severity: 'note' } : finding;
  });
  const ticks = figures.progress.ticks();
  const wholeTo = journal?.wholeTo ?? (journal === undefined && isCountable ? ticks.last : undefined);
  return {
    path,
    ...(manifest && { run: manifest.run, state: manifest.state }),
    isVerified: told.every(({ severity }) => severity === 'note'),
    ...(wholeTo !== undefined && { wholeTo: isoTime(wholeTo) }),
    ticks: ticks.done,
    files: Array.from(files.values(), (file) => ({
      name: file.name,
      bytes: file.position(),
      rows: file.rows(),
    })),
    findings: told,
    untold: Object.fromEntries(findings.untold),
  };
}

function note(file: string, sentence: string): Finding {
  return { file, severity: 'note', sentence };
}

/** Every tick has rows in scrapes.csv, or a word that it was dropped: then its commit may have other rows. */
function untoldTick(
  { tick, files }: CommitRecord,
  before: number | undefined,
  figures: Figures,
): string | undefined {
  if (tick === null || figures.tellsOf(tick) || 'scrapes.csv' in files || tick === before) return undefined;
  return `the commit of ${isoTime(tick)} has no row of scrapes.csv, and events.csv does not say that the tick was dropped`;
}
