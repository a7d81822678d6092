import { isDeepStrictEqual } from 'node:util';
import type { FileState } from '../csv/growingFile.ts';
import { journalName } from '../csv/journal.ts';
import { manifestName } from '../csv/makeFolder.ts';
import { isoTime } from '../csv/rows.ts';
import type { Manifest } from '../run/manifest.ts';
import type { CheckedFile } from './checkedFile.ts';
import { type Finding, note } from './finding.ts';
import type { FollowedJournal } from './followJournal.ts';

/** What is wrong with the ends of files, when they were read as far as the journal says. */
type Ends = readonly Finding[];

/** @param journal absent: there is none. */
export async function checkEnds(
  manifest: Manifest | undefined,
  described: readonly string[],
  files: ReadonlyMap<string, CheckedFile>,
  journal: FollowedJournal | undefined,
): Promise<Ends> {
  if (manifest?.state === 'stopped') {
    const alone = `is not there: the files were compared with ${manifestName} alone, and not tick by tick`;
    const ends = await checkStoppedEnds(manifest, files, journal);
    return journal === undefined ? [note(journalName, alone), ...ends] : ends;
  }
  if (journal !== undefined) return checkOpenEnds(described, files, journal);
  const sentence = 'is missing: nothing tells how far the files of the run go';
  return [{ file: journalName, severity: 'damage', sentence }];
}

/** Nothing may follow what run.json tells, and the journal has to tell the same. */
async function checkStoppedEnds(
  { files: told }: Manifest,
  files: ReadonlyMap<string, CheckedFile>,
  journal: FollowedJournal | undefined,
): Promise<Ends> {
  const findings: Finding[] = [];
  const damaged = (finding: Omit<Finding, 'severity'>) => findings.push({ ...finding, severity: 'damage' });
  for (const { name, bytes, rows, sha256 } of told) {
    const file = files.get(name);
    if (file === undefined) continue;
    if (sha256 === undefined) {
      damaged({ file: manifestName, sentence: `has no sha256 of ${name}, though the run is stopped` });
      continue;
    }
    const state = { bytes, rows, sha256 };
    const last = journal?.isWhole === true ? journal.states.get(name) : state;
    const isOther = !isDeepStrictEqual(last, state);
    if (isOther || !file.isWhole()) {
      // Two of the three agree.
      if (await file.is(state)) {
        const sentence = `does not tell what ${name} is, while ${manifestName} does: here it is the journal that is damaged`;
        damaged({ file: journalName, sentence });
      } else if (isOther) {
        const sentence = `says that ${name} has ${textOf(state)}; ${journalName} says ${textOf(last)}`;
        damaged({ file: manifestName, sentence });
      }
    } else {
      const fault = await file.advance(state, manifestName);
      if (fault !== undefined) damaged({ file: name, ...fault });
    }
    const byte = file.position();
    const behind = (file.size ?? 0) - byte;
    if (behind > 0)
      damaged({ file: name, byte, sentence: `${behind} bytes lie behind the end of what was recorded` });
  }
  if (journal !== undefined && journal.torn > 0) damaged(tornEnd(journal, 'though the run was stopped'));
  return findings;
}

function textOf(state: FileState | undefined): string {
  return state === undefined
    ? 'nothing of it'
    : `${state.bytes} bytes, ${state.rows} rows, sha256 ${state.sha256}`;
}

/** What lies behind the last commit is cut off when a recorder goes on with the run. */
function checkOpenEnds(
  described: readonly string[],
  files: ReadonlyMap<string, CheckedFile>,
  journal: FollowedJournal,
): Ends {
  const { wholeTo, states, isWhole } = journal;
  const when = wholeTo === undefined ? {} : { tick: isoTime(wholeTo) };
  const end = wholeTo === undefined ? 'their headers' : `the tick ${isoTime(wholeTo)}`;
  const findings: Finding[] = [];
  if (isWhole) {
    for (const name of described.filter((each) => !states.has(each))) {
      findings.push({ file: name, severity: 'damage', sentence: `is not in ${journalName}` });
    }
  }
  const sentence = `the run is not stopped: its files are whole up to ${end}; what lies behind is no part of it, and is cut off when a recorder goes on with it`;
  findings.push({ file: journalName, severity: 'note', ...when, sentence });
  for (const file of files.values()) {
    const behind = (file.size ?? 0) - file.position();
    if (behind <= 0 || !file.isWhole()) continue;
    const sentenceOfFile = `${behind} bytes lie behind the last commit`;
    findings.push({ file: file.name, severity: 'note', byte: file.position(), sentence: sentenceOfFile });
  }
  if (journal.torn > 0)
    findings.push({ ...tornEnd(journal, 'none of it was made durable'), severity: 'note' });
  return findings;
}

function tornEnd({ torn, end, commits }: FollowedJournal, why: string): Omit<Finding, 'severity'> {
  return {
    file: journalName,
    line: commits + 1,
    byte: end,
    sentence: `its last ${torn} bytes are no whole record: ${why}`,
  };
}
