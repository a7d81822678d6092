import type { TickResult } from '../api.ts';
import type { EventKind } from '../csv/event.ts';
import { SyncError } from '../csv/folder.ts';
import { isoTime } from '../csv/rows.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import { createScraper } from '../scrape/request.ts';
import { createStepDetector } from './clockSteps.ts';
import type { Outcome } from './connection.ts';
import type { DropLog } from './dropLog.ts';
import type { Beginning, RecordingOptions } from './recording.ts';
import { atMostUntil, createAlarm } from './runClock.ts';
import { startSchedule, tickIndex } from './schedule.ts';
import { scrapeTick } from './tick.ts';
import { droppedTick, tickResult } from './tickResult.ts';

/** The ticks of a run that is on: each is scraped, then written or dropped. */
export interface Ticks {
  last(): TickResult | undefined;
  /** That tick, in seconds since the epoch, is the last that is begun; onEnd is called behind it. */
  endAfter(tick: number): void;
  /**
   * No tick is begun any more.
   * @param moment when the run ends, in seconds since the epoch: a tick that comes later is none of it.
   */
  stop(moment: number): void;
  /** Resolves when those that are due are written. What is not answered within `patience` seconds is missed. */
  ended(patience: number): Promise<void>;
}

export interface TickOptions extends Omit<RecordingOptions, 'log'> {
  readonly drops: DropLog;
  /** A tick was written or dropped. */
  readonly onWritten: () => void;
  /** A tick was dropped, and all that follow will be. */
  readonly onSyncError: (error: SyncError) => void;
}

/** Ticks that may wait for answers or the disk; beyond them new ones are dropped, so that they never pile up. */
const maxPendingTicks = 10;

export function recordTicks(
  { run, settings, clock, progress, writer, ...beginning }: Omit<Beginning, 'manifest'>,
  options: TickOptions,
): Ticks {
  const { alarm = createAlarm(clock.now) } = options;
  /** On the last tick. */
  let targets = 0;
  const scraper = createScraper({
    clock: clock.now,
    maxBytes: settings.bodySizeLimit,
    trust: options.trust,
    targets: () => targets,
  });
  const detectStep = createStepDetector();
  /** Ticks are written one after the other, in their order. */
  let queue = Promise.resolve();
  /** The ticks whose rows are not written yet. */
  const pending = new Map<number, Promise<void>>();
  let lastTick: TickResult | undefined;
  let stoppedAt = Infinity;

  function note(timestamp: number, kind: EventKind, detail: string): void {
    writer.note({ timestamp, kind, node: '', target: 'recorder', subject: run, detail });
  }

  function report(result: TickResult): void {
    lastTick = result;
    options.onTick(result);
  }

  function drop(tick: number, reason: string): void {
    options.drops.dropped(tick, reason);
    progress.dropped(reason);
    note(tick, 'tick_dropped', reason);
    report(droppedTick(run, tick, reason));
  }

  function begin(tick: number): void {
    if (pending.size >= maxPendingTicks) {
      drop(tick, `The rows of the last ${pending.size} ticks are not on the disk yet.`);
      return;
    }
    const timeout = settings.timeoutSeconds;
    const connections = options.connections();
    targets = connections.length;
    const outcomes = scrapeTick(tick, connections, { alarm, scraper, timeout });
    queue = writeInTurn(tick, outcomes, queue);
    pending.set(tick, queue);
  }

  async function writeInTurn(
    tick: number,
    outcomes: Promise<readonly Outcome[]>,
    previous: Promise<void>,
  ): Promise<void> {
    const all = await outcomes;
    await previous;
    if (tick <= stoppedAt) await write(tick, all);
    pending.delete(tick);
  }

  async function write(tick: number, outcomes: readonly Outcome[]): Promise<void> {
    for (const { message, unrecorded } of options.problems()) {
      if (unrecorded !== undefined) progress.trouble(`As of ${isoTime(tick)}: ${message}`, unrecorded);
    }
    const step = detectStep(clock.now(), clock.drift());
    if (step !== undefined) note(tick, 'clock_step', describeStep(step));
    try {
      const rows = await writer.write(tick, outcomes);
      options.drops.ended();
      report(tickResult(run, tick, outcomes, rows));
    } catch (error) {
      drop(tick, `Its rows could not be written: ${messageOf(error)}`);
      if (error instanceof SyncError) options.onSyncError(error);
    }
    options.onWritten();
  }

  const schedule = startSchedule({
    interval: settings.intervalSeconds,
    lead: settings.leadSeconds,
    first: beginning.next,
    end: beginning.stoppedAt === undefined ? beginning.end : beginning.next,
    alarm,
    onTick: begin,
    onMissed: (tick, late) => {
      drop(tick, `The recorder was held up and came ${Math.round(late * 1000)} ms too late for it.`);
    },
    onEnd: () => {
      void queue.then(options.onEnd);
    },
  });

  return {
    last: () => lastTick,
    endAfter: (tick) => {
      schedule.endBefore(tickIndex(tick, settings.intervalSeconds) + 1);
    },
    stop: (moment) => {
      schedule.stop();
      stoppedAt = moment;
    },
    ended: async (patience) => {
      const due = [...pending].filter(([tick]) => tick <= stoppedAt).map(([, written]) => written);
      await atMostUntil(alarm, clock.now() + patience, Promise.all(due));
      await scraper.close();
      await queue;
    },
  };
}

function describeStep(step: number): string {
  const moved = `${step > 0 ? '+' : ''}${step.toFixed(3)} s`;
  return `The recorder's wall clock was stepped by ${moved}; timestamps go on without it.`;
}
