import { hostname } from 'node:os';
import type { ErrorCode, RunStatus, StopAnswer } from '../api.ts';
import { errorCodes } from '../apiSchema.ts';
import { runFigures } from '../control/runFigures.ts';
import { Refusal } from '../refusal.ts';
import type { Manifest } from '../run/manifest.ts';

export type Phase = 'Pending' | 'Starting' | 'Recording' | 'Stopping' | 'Completed' | 'Failed';

/** What one recorder tells of its part in a run: an entry of status.shards. */
export interface Part {
  readonly phase: Phase;
  /** One word, for conditions. */
  readonly reason?: string;
  readonly message: string;
  /** host:/path */
  readonly path?: string;
  readonly ticks?: { readonly planned: number; readonly done: number; readonly dropped: number };
  readonly coverage?: number;
  /** Of a run that is over. */
  readonly verdict?: Manifest['verdict']['verdict'];
  readonly startTime?: string;
  readonly stopTime?: string;
}

/** More would crowd out the other parts. */
const maxMessage = 1000;

/** A run that is on. */
export function partOfStatus(phase: 'Recording' | 'Stopping', status: RunStatus): Part {
  const { ticks, coverage, verdict, start, path, problems = [] } = status;
  const told = [...problems.map(({ message }) => message), ...(ticks.planned === 0 ? [] : verdict.reasons)];
  const judged = ticks.planned === 0 ? '' : `, ${verdict.verdict}`;
  return {
    phase,
    message: sentence(`${ticks.done} of ${ticks.planned} ticks so far${judged}`, told),
    ...figures({ ticks, coverage, path }),
    startTime: start,
  };
}

/** A run that was stopped just now. @param before what was told of it. */
export function partOfStop(answer: StopAnswer, stopTime: string, before?: Part): Part {
  const { ticks, verdict, problem } = answer;
  const done = `Recorded ${ticks.done} of ${ticks.planned} ticks, ${verdict.verdict}`;
  return {
    phase: 'Completed',
    message: sentence(done, [...(problem === undefined ? [] : [problem]), ...verdict.reasons]),
    ...figures(answer),
    verdict: verdict.verdict,
    startTime: before?.startTime ?? stopTime,
    stopTime,
  };
}

/** A run that was stopped before this recorder was started. */
export function partOfManifest(manifest: Manifest, path: string): Part {
  const { ticks, verdict, start, stop } = manifest;
  const done = `Recorded ${ticks.done} of ${ticks.planned} ticks, ${verdict.verdict}`;
  return {
    phase: 'Completed',
    message: sentence(done, verdict.reasons),
    ...figures({ ...runFigures(manifest), path }),
    verdict: verdict.verdict,
    startTime: start,
    ...(stop !== undefined && { stopTime: stop }),
  };
}

/** A run that this recorder did not record. */
export function refusedPart({ code, message }: Pick<Refusal, 'code' | 'message'>): Part {
  return { phase: 'Failed', reason: reasonOf(code), message: message.slice(0, maxMessage) };
}

/** A run that is not refused yet. */
export function pendingPart(refusal: Refusal): Part {
  return { ...refusedPart(refusal), phase: 'Pending' };
}

/** What another recorder has refused. */
export function refusalOf(message: string, reason?: string): Refusal {
  return new Refusal(refusals.find((status) => reasonOf(errorCodes[status]) === reason) ?? 409, message);
}

const refusals = [409, 503, 507, 500] as const;

/** InsufficientStorage of insufficient_storage. */
function reasonOf(code: ErrorCode): string {
  return code.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export function isOver({ phase }: Part): boolean {
  return phase === 'Completed' || phase === 'Failed';
}

function figures({
  ticks,
  coverage,
  path,
}: Pick<StopAnswer, 'ticks' | 'path'> & { readonly coverage?: number | undefined }) {
  const { planned, done, dropped } = ticks;
  return {
    path: `${hostname()}:${path}`,
    ticks: { planned, done, dropped },
    ...(coverage !== undefined && { coverage: Math.round(coverage * 1e4) / 1e4 }),
  };
}

function sentence(start: string, reasons: readonly string[]): string {
  return (reasons.length === 0 ? `${start}.` : `${start}: ${reasons.join(' ')}`).slice(0, maxMessage);
}
