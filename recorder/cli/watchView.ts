import { clearScreenDown, cursorTo, moveCursor } from 'node:readline';
import type { WriteStream } from 'node:tty';
import type { RunStatus, StatusAnswer } from '../api.ts';
import { tickCount } from '../run/schedule.ts';
import { judge, tickErrors } from './judgement.ts';
import { jsonLine, say } from './output.ts';
import { plain } from './plain.ts';
import { barOf, inOneRow } from './progress.ts';
import { bytes, count, counted, duration, moment, percent, precise } from './quantity.ts';
import { showJudgement, upOf } from './showStatus.ts';
import type { WatchView } from './watchRun.ts';

/** A few lines that are redrawn on a terminal; on any other stream a line a tick. */
export function createWatchView(stream: NodeJS.WriteStream): WatchView {
  return stream.isTTY ? screen(stream) : lines();
}

/** Each status as JSON on a line. */
export function jsonView(): WatchView {
  return {
    show: (status) => {
      say(jsonLine(status));
    },
    away: () => undefined,
    end: () => undefined,
  };
}

function screen(terminal: WriteStream): WatchView {
  let drawn: readonly string[] = [];
  let lastError = 'none';
  const draw = (next: readonly string[]): void => {
    if (drawn.length > 0) moveCursor(terminal, 0, -drawn.length);
    cursorTo(terminal, 0);
    clearScreenDown(terminal);
    for (const line of next) terminal.write(`${inOneRow(terminal, line)}\n`);
    drawn = next;
  };
  return {
    show: (status) => {
      const { recording } = status;
      if (recording === undefined) return;
      lastError = errorOf(recording) ?? lastError;
      const judgement = judge(status);
      draw([
        progressOf(recording),
        figuresOf(status, recording),
        `Last error: ${lastError}`,
        showJudgement(judgement),
      ]);
    },
    away: (reason) => {
      draw([...drawn.slice(0, -1), plain(reason)]);
    },
    end: () => undefined,
  };
}

function lines(): WatchView {
  let lastTick: string | undefined;
  let lastReason: string | undefined;
  return {
    show: (status) => {
      const { recording } = status;
      lastReason = undefined;
      if (recording?.lastTick === undefined || recording.lastTick.timestamp === lastTick) return;
      lastTick = recording.lastTick.timestamp;
      const error = errorOf(recording);
      say(
        `${moment(lastTick)} ${ticksOf(recording)}, ${figuresOf(status, recording)}${error === undefined ? '' : `, error: ${error}`}`,
      );
    },
    away: (reason) => {
      if (reason !== lastReason) say(plain(reason));
      lastReason = reason;
    },
    end: () => undefined,
  };
}

function errorOf({ problems = [], lastTick }: RunStatus): string | undefined {
  const [problem] = problems;
  if (problem !== undefined) return `${moment(problem.since)} ${plain(problem.message)}`;
  const [error] = tickErrors(lastTick);
  return error === undefined ? undefined : `${moment(lastTick?.timestamp ?? '')} ${error}`;
}

function progressOf(run: RunStatus): string {
  if (run.for === undefined) return `${ticksOf(run)} in ${duration(run.elapsed)}, until it is stopped`;
  const left = duration(Math.max(0, Math.round(run.for - run.elapsed)));
  return `${barOf(run.elapsed / run.for)} ${ticksOf(run)}, ${left} left`;
}

function ticksOf({ ticks: { done, dropped }, for: length, interval }: RunStatus): string {
  const all = length === undefined ? '' : `${count(done)} of `;
  const number = length === undefined ? done : tickCount(length, interval);
  return `${all}${counted(number, 'tick')}${dropped === 0 ? '' : `, ${count(dropped)} dropped`}`;
}

function figuresOf(status: StatusAnswer, run: RunStatus): string {
  const { alignmentP99Seconds, coverage } = run;
  return [
    `daemons ${upOf(status)}`,
    counted(run.rows, 'row'),
    bytes(run.bytes),
    ...(alignmentP99Seconds === undefined ? [] : [`alignment p99 ${precise(alignmentP99Seconds)}`]),
    ...(coverage === undefined ? [] : [`coverage ${percent(coverage)}`]),
  ].join(', ');
}
