import { messageOf } from '../../exporter/serve/messageOf.ts';
import type { Answer } from '../scrape/answer.ts';
import { type ClockOffset, clockOffset } from '../scrape/clockOffset.ts';
import type { OpenBody } from '../scrape/decompress.ts';
import { type AnswerReader, createAnswerReader, ExpositionError } from '../scrape/exposition.ts';
import type { ScrapedBody, Scraper, ScrapeRequest, ScrapeTold } from '../scrape/request.ts';
import { ScrapeError } from '../scrape/scrapeError.ts';
import type { Target } from '../scrape/target.ts';
import { inTurns } from '../scrape/turns.ts';
import { rowsOf } from './cell.ts';
import { type MachineFacts, machineFacts } from './machineFacts.ts';
import type { DaemonDescription } from './manifest.ts';

export type Role = DaemonDescription['role'];

/** What a target did with one request. */
export type Outcome = {
  readonly target: Target;
  readonly node: string;
  readonly role: Role;
  /** Absent: it was not asked. */
  readonly scrape?: ScrapeTold;
  /** Absent: it did not tell its clock. */
  readonly clock?: ClockOffset;
} & ({ readonly up: true; readonly answer: Answer } | { readonly up: false; readonly error: string });

export interface ConnectionState {
  /** A kubemon exporter tells its clock in X-Kubemon-Clock; unknown until the first answer. */
  readonly role: Role;
  /** The target's node; empty where it is not known. */
  readonly node: string;
  readonly connected: boolean;
  /** Since when it has been connected or not, in seconds since the epoch. */
  readonly since: number;
  /** Why it is not connected. */
  readonly error: string | undefined;
  /** The last measurement of its clock. */
  readonly clock: ClockOffset | undefined;
  readonly machine: MachineFacts;
  /** Of the last answer that had all collectors; undefined before. */
  readonly instances: { readonly containers: number; readonly processes: number } | undefined;
}

/** A target and what is known of it; at most one request is in flight. */
export interface Connection {
  readonly target: Target;
  /** What discovery says of the target now; its URL is the same. */
  retarget(target: Target): void;
  readonly state: () => ConnectionState;
  /** The request that is in flight, if one is. It never rejects. */
  inFlight(): Promise<unknown> | undefined;
  /** Sends a request. Not to be called while one is in flight. */
  ask(scraper: Scraper, request: ScrapeRequest): Promise<Outcome>;
  /** What becomes of a request that was not sent. */
  notAsked(error: string): Outcome;
}

export interface ConnectionOptions {
  readonly maxSamples: number;
  /** The wall clock, which is not that of deadlines. */
  readonly clock: () => number;
  /** What it is taken for until it answers; else what discovery knows. */
  readonly role?: Role | undefined;
}

interface Readers {
  readonly role: Target['role'];
  readonly whole: AnswerReader;
  readonly part: AnswerReader;
}

export function createConnection(first: Target, options: ConnectionOptions): Connection {
  let target = first;
  let state: ConnectionState = {
    role: options.role ?? (target.role === 'further' ? 'further' : 'unknown'),
    node: target.node,
    connected: false,
    since: options.clock(),
    error: 'it has not answered yet',
    clock: undefined,
    machine: {},
    instances: undefined,
  };
  let inFlight: Promise<Outcome> | undefined;
  /** A reader each for whole answers and for those of some collectors: what is like the last one is read fast. */
  let readers: Readers | undefined;

  function read(body: Buffer, part: 'whole' | 'part'): Generator<void, Answer> {
    const role = state.role === 'daemon' ? 'daemon' : 'further';
    if (readers?.role !== role) {
      const limits = { role, maxSamples: options.maxSamples } as const;
      readers = { role, whole: createAnswerReader(limits), part: createAnswerReader(limits) };
    }
    return readers[part](body);
  }

  async function ask(scraper: Scraper, request: ScrapeRequest): Promise<Outcome> {
    const scrape = await scraper.scrape(target, request);
    const clock =
      scrape.exporterClock === undefined || scrape.answeredAt === undefined
        ? undefined
        : clockOffset(scrape.requestedAt, scrape.answeredAt, scrape.exporterClock);
    const role = clock !== undefined ? 'daemon' : scrape.up ? 'further' : state.role;
    // Discovery could only assume that the name of an unknown target is that of its node.
    const node = role === 'further' && target.role === 'daemon' ? '' : target.node;
    state = { ...state, role, node, clock: clock ?? state.clock };
    const part = request.collect === undefined ? 'whole' : 'part';
    const result = scrape.up ? await answerOf(scrape, part) : ({ up: false, error: scrape.error } as const);
    // Without its body, which must not live for as long as the outcome.
    const { requestedAt, answeredAt, exporterClock, bytes } = scrape;
    const times = {
      ...(answeredAt !== undefined && { answeredAt }),
      ...(exporterClock !== undefined && { exporterClock }),
    };
    const outcome: Outcome = {
      target,
      node,
      role,
      scrape: { requestedAt, ...times, bytes },
      ...(clock !== undefined && { clock }),
      ...result,
    };
    remember(outcome, part === 'whole');
    return outcome;
  }

  async function answerOf(
    scraped: ScrapedBody & { readonly bytes: number },
    part: 'whole' | 'part',
  ): Promise<{ up: true; answer: Answer } | { up: false; error: string }> {
    const { bytes, open, isLate, signal, release } = scraped;
    const what = `the answer could not be read by the deadline, it has ${bytes} bytes`;
    const late = () => (isLate() ? new ScrapeError('timeout', what) : undefined);
    let body: OpenBody | undefined;
    try {
      body = await open();
      return { up: true, answer: await inTurns({ steps: read(body.text, part), size: bytes, late, signal }) };
    } catch (error) {
      // Whatever a hostile body does to the reader, it costs the other targets nothing.
      const message = messageOf(error);
      const isTold = error instanceof ExpositionError || error instanceof ScrapeError;
      return { up: false, error: isTold ? message : `invalid: ${message}` };
    } finally {
      release();
      body?.release();
    }
  }

  function remember(outcome: Outcome, complete: boolean): void {
    const since = outcome.up === state.connected ? state.since : options.clock();
    state = { ...state, connected: outcome.up, since, error: outcome.up ? undefined : outcome.error };
    if (!outcome.up || outcome.role !== 'daemon') return;
    state = { ...state, machine: { ...state.machine, ...machineFacts(outcome.answer) } };
    if (!complete) return;
    const containers = rowsOf(outcome.answer, 'container').length;
    state = { ...state, instances: { containers, processes: rowsOf(outcome.answer, 'process').length } };
  }

  return {
    get target() {
      return target;
    },
    retarget: (next) => {
      if (next.node !== target.node) state = { ...state, node: next.node };
      target = next;
    },
    state: () => state,
    inFlight: () => inFlight,
    ask: async (scraper, request) => {
      const asked = ask(scraper, request);
      inFlight = asked;
      try {
        return await asked;
      } finally {
        inFlight = undefined;
      }
    },
    notAsked: (error) => ({ target, node: state.node, role: state.role, up: false, error }),
  };
}
