import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { csvFiles } from '../csv/columns.ts';
import { type CommitRecord, journalName } from '../csv/journal.ts';
import { manifestName } from '../csv/makeFolder.ts';
import { resumeLogName } from '../csv/resumeLog.ts';
import { isoTime } from '../csv/rows.ts';
import type { CheckedFile } from './checkedFile.ts';
import { checkEnds } from './checkEnds.ts';
import { compareFigures } from './compareFigures.ts';
import { createEarlierFigures } from './earlierFigures.ts';
import { createFigures, type Figures } from './figures.ts';
import { type Finding, note } from './finding.ts';
import { createFindings } from './findings.ts';
import { followJournal, type JournalPlace } from './followJournal.ts';
import { readFolderNames } from './folderNames.ts';
import { openRunFiles } from './openRunFiles.ts';
import { partFolders } from '../shards/partFolders.ts';
import { readRunRecord } from './runRecord.ts';
import type { Verification } from './verification.ts';
import { verifyParts } from './verifyParts.ts';

export interface VerifyOptions {
  /** The folder was downloaded: hidden files are in no archive. */
  readonly isCopy?: boolean;
}

/**
 * Compares a run's folder with what its journal and run.json say of it. Every file is read once, as a stream.
 * Of a run that lies in parts, shard=0 and so on, each part is verified by itself. A run may be recorded meanwhile: what is added then is left out.
 * @throws when it is no run's folder, or a file cannot be read.
 */
export async function verifyFolder(folder: string, options: VerifyOptions = {}): Promise<Verification> {
  const parts = await partFolders(folder);
  if (parts.length === 0) return verifyRun(resolve(folder), options);
  return verifyParts(resolve(folder), parts, (path) => verifyRun(path, options));
}

async function verifyRun(path: string, options: VerifyOptions): Promise<Verification> {
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
  function damaged(finding: Omit<Finding, 'severity'>): void {
    findings.damaged(finding, place.commits);
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
  const figures = createFigures(manifest?.daemons ?? []);
  const needsResumeLog = !isStopped && !isCopy;
  if (resumeLog === undefined && isStopped && !isCopy)
    findings.tell(
      note(resumeLogName, 'is not there, and was not verified: only to go on with a run it is needed'),
    );
  const grown = { described, resumeLog: resumeLog ?? (needsResumeLog ? resumeLogName : undefined) };
  await openRunFiles(path, { ...grown, manifest, figures, place, tell: damaged }, files);

  const earlier = manifest !== undefined && !isStopped ? createEarlierFigures(manifest, figures) : undefined;
  const journal = hasJournal
    ? await followJournal(path, {
        files,
        absent: new Set(files.has(resumeLogName) ? [] : [resumeLogName]),
        interval: manifest?.settings.intervalSeconds,
        place,
        tell: damaged,
        onCommit: (record, before) => {
          earlier?.commit(record);
          return untoldTick(record, before, figures);
        },
      })
    : undefined;

  for (const finding of await checkEnds(manifest, names, files, journal)) findings.tell(finding);
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
  const told = findings.told(durable);
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
    untold: findings.untold(),
  };
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
