import type { RunStatus, StatusAnswer } from '../api.ts';
import { type Judgement, judge, tickErrors } from './judgement.ts';
import { paint, verdictWord } from './output.ts';
import { plain } from './plain.ts';
import { bytes, count, counted, duration, moment, percent, precise } from './quantity.ts';

const colours = { Yes: 'green', Partly: 'yellow', 'Not yet': 'yellow', No: 'red' } as const;

/** One screen: whether what is on is recorded properly, and the figures. */
export function showStatus(status: StatusAnswer): string {
  const { recording, last } = status;
  const facts: (readonly [string, string])[] = [];
  if (recording !== undefined) facts.push(...runFacts(recording));
  facts.push(['Daemons', upOf(status)], ['Disk', diskOf(status)]);
  if (recording !== undefined) facts.push(...verdictFacts(recording));
  else if (last !== undefined) {
    facts.push(['Last run', `${plain(last.run)}, ${verdictWord(last.verdict)}: ${plain(last.path)}`]);
  }
  return [showJudgement(judge(status)), '', ...facts.map(([name, text]) => name.padEnd(11) + text)].join(
    '\n',
  );
}

export function showJudgement({ answer, why }: Judgement): string {
  return `${paint(colours[answer], `${answer}.`)} ${why}`;
}

/** Connected are also those that no run is asking now. */
export function upOf({ daemons: { connected, expected } }: StatusAnswer): string {
  return `${connected} of ${expected} up`;
}

function alignmentOf({ alignmentP99Seconds }: RunStatus): string {
  return alignmentP99Seconds === undefined
    ? 'not measured yet'
    : `p99 ${precise(alignmentP99Seconds)} off the tick`;
}

function runFacts(run: RunStatus): readonly (readonly [string, string])[] {
  const { planned, done, dropped } = run.ticks;
  const length = run.for === undefined ? '' : ` of ${duration(run.for)}`;
  const coverage = run.coverage === undefined ? 'not known yet' : percent(run.coverage);
  return [
    ['Run', `${plain(run.run)}, since ${moment(run.start)} UTC`],
    ['Recorded', `${duration(Math.round(run.elapsed))}${length}, a tick every ${duration(run.interval)}`],
    ['Ticks', `${count(done)} of ${count(planned)} done, ${count(dropped)} dropped`],
    ['Coverage', `${coverage} of the ticks, of the target that was scraped least`],
    ['Alignment', alignmentOf(run)],
    ['Data', `${counted(run.rows, 'row')}, ${bytes(run.bytes)}`],
  ];
}

function verdictFacts(run: RunStatus): readonly (readonly [string, string])[] {
  const errors = [...(run.problems ?? []).map(({ message }) => plain(message)), ...tickErrors(run.lastTick)];
  const [first = 'none on the last tick', ...others] = errors;
  return [
    ['Last error', first],
    ...others.map((error) => ['', error] as const),
    ['Folder', plain(run.path)],
    ['Verdict', `${verdictWord(run.verdict)} so far`],
    ...run.verdict.reasons.map((reason) => ['', `- ${plain(reason)}`] as const),
  ];
}

/** How long it lasts, at the rate of the run so far. */
function diskOf({ freeBytes, recording }: StatusAnswer): string {
  if (freeBytes === undefined) return 'not known';
  const free = `${bytes(freeBytes)} free`;
  if (recording === undefined || recording.bytes === 0 || recording.elapsed < 1) return free;
  return `${free}, enough for ${duration((freeBytes * recording.elapsed) / recording.bytes)} at this rate`;
}
