import type { EventKind } from '../csv/event.ts';
import { isoTime } from '../csv/rows.ts';
import type { Role } from '../run/connection.ts';
import type { DaemonDescription } from '../run/manifest.ts';
import { numberOf, resultOf, secondsOf } from '../run/pastScrapes.ts';
import { createProgress, type Progress } from '../run/progress.ts';
import { recorderTarget } from '../run/scrapeRecord.ts';
import { isRecorder } from '../shards/recorderTargets.ts';
import type { TargetResult } from '../run/targetResult.ts';

type Cells = Readonly<Record<string, string>>;

/** A row of marks.csv, as it stands there. */
export interface MarkCells {
  readonly timestamp: string;
  readonly label: string;
}

/** What a run has come to by its rows so far, as a recorder would count it. */
export interface Figures {
  /** The next row of scrapes.csv; what is wrong with it: words for after "the row". */
  scrape(row: Cells): string | undefined;
  event(row: Cells): void;
  mark(row: Cells): void;
  /** Were there rows of scrapes.csv, or a word that the tick was dropped, since the last call? */
  tellsOf(tick: number): boolean;
  readonly progress: Pick<Progress, 'ticks' | 'evidence'>;
  readonly marks: readonly MarkCells[];
  /** What is told of the recorder's own absences: the details of its gaps. */
  readonly gaps: readonly string[];
}

const clockColumns = ['skew_seconds', 'clock_offset_seconds', 'clock_offset_error_seconds'] as const;

export function createFigures(daemons: readonly DaemonDescription[]): Figures {
  const progress = createProgress();
  const roles = new Map<string, Role>(daemons.map(({ name, role }) => [name, role]));
  const marks: MarkCells[] = [];
  const gaps: string[] = [];
  const told = new Set<string>();
  let results = new Map<string, TargetResult>();
  let records: { readonly target: string; readonly skewSeconds: number | undefined }[] = [];
  const owners = new Set<string>();
  let tick = '';
  let isEnded = true;

  return {
    scrape(row) {
      const { target = '', timestamp = '' } = row;
      const isNext = timestamp !== tick;
      const before = tick;
      tick = timestamp;
      const isOwn = isRecorder(target);
      if (isNext) owners.clear();
      if (!isNext && isEnded && (!isOwn || owners.has(target) || target === recorderTarget))
        return `is of ${timestamp}, a tick that has ended with the row of ${recorderTarget}`;
      if (isOwn) owners.add(target);
      // In a run that was merged one of each shard ends a tick.
      if (!isNext && isEnded) return undefined;
      let fault: string | undefined;
      if (isNext && !isEnded) {
        fault = `begins another tick, and that of ${before} has no row of ${recorderTarget}`;
        results = new Map();
        records = [];
      }
      isEnded = isOwn;
      if (isEnded) {
        progress.done(secondsOf(timestamp), [...results.values()], records);
        told.add(timestamp);
        results = new Map();
        records = [];
        return fault;
      }
      if (results.has(target)) return fault ?? `is the second of ${target} on the tick ${timestamp}`;
      const unreadable = clockColumns.find((column) => Number.isNaN(numberOf(row[column])));
      if (unreadable !== undefined) return fault ?? `has no number in ${unreadable}`;
      const result = resultOf(target, row, roles.get(target) ?? 'unknown');
      roles.set(target, result.role);
      results.set(target, result);
      records.push({ target, skewSeconds: numberOf(row['skew_seconds']) });
      return fault;
    },
    event({ kind = '', detail = '', node, target, timestamp = '' }) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- counted, whatever it is
      progress.happened([{ kind: kind as EventKind, detail }]);
      if (kind === 'gap' && target === recorderTarget && node === '') gaps.push(detail);
      if (kind === 'tick_dropped') told.add(timestamp);
    },
    mark({ timestamp = '', label = '' }) {
      marks.push({ timestamp, label });
    },
    tellsOf(of) {
      const isTold = told.has(isoTime(of));
      told.clear();
      return isTold;
    },
    progress,
    marks,
    gaps,
  };
}
