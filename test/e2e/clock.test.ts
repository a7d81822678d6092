import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { fixtureMachine } from '../recorder/cli/fixtureMachine.ts';
import { type RunningExporter, startExporter, urlsOf } from '../support/exporter.ts';
import { describeWith, needs } from '../support/needs.ts';
import { type RecorderProcess, startRecorder } from '../support/recorderProcess.ts';
import type { RunTables } from '../support/runFolder.ts';
import { median, medianOff, moreScrapes, scrapesOf, succeeded } from '../support/scrapes.ts';
import { createSteppedClock, type SteppedClock } from '../support/steppedClock.ts';
import { doneTicks, expectWhole } from '../support/wholeRun.ts';

const interval = 0.5;
const hour = 3600;

describeWith([needs.compiler], 'a clock that is stepped', () => {
  let scratch: string;
  let folder: string;

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'kubemon-clock-'));
    folder = join(scratch, 'runs', 'run');
    onTestFinished(() => {
      rmSync(scratch, { recursive: true, force: true });
    });
  });

  async function exporter(clock?: SteppedClock): Promise<RunningExporter> {
    const started = await startExporter({ ...fixtureMachine, ...clock?.environment });
    onTestFinished(started.stop);
    return started;
  }

  async function recorder(
    exporters: Readonly<Record<string, RunningExporter>>,
    clock?: SteppedClock,
  ): Promise<RecorderProcess> {
    const started = await startRecorder(join(scratch, 'runs'), urlsOf(exporters), clock?.environment);
    onTestFinished(started.kill);
    return started;
  }

  /** Begins a run, sets the clock ahead by so many seconds one after the other, and stops the run. */
  async function record(
    { client }: RecorderProcess,
    targets: readonly string[],
    clock: SteppedClock,
    settings: readonly number[],
  ) {
    await client.start('run', { interval });
    await moreScrapes(folder, targets, 3);
    for (const ahead of settings) {
      clock.set(ahead);
      await moreScrapes(folder, targets, 5);
    }
    const { verdict } = await client.stop();
    const tables = await expectWhole(folder);
    expect(tables.manifest.interruptions).toEqual([]);
    return { verdict, tables };
  }

  /** Lengths of the recorder's steps as they are told, in seconds. */
  const toldSteps = (tables: RunTables) =>
    tables
      .rows('events.csv')
      .filter(({ kind }) => kind === 'clock_step')
      .map(({ detail = '' }) => Math.round(Number(/ by ([+-]\d+\.\d{3}) s;/.exec(detail)?.[1])));

  /** The target's clock is known to be so far ahead, and it is asked so that its samples are still on the tick. */
  function expectMeasured(tables: RunTables, target: string, ahead: number): void {
    const rows = scrapesOf(tables, target);
    expect(rows.map(({ timestamp }) => timestamp)).toEqual(doneTicks(tables));
    const last = succeeded(rows).slice(-3);
    const offset = median(last.map((row) => Number(row['clock_offset_seconds'])));
    expect(Math.abs(offset - ahead)).toBeLessThan(0.05);
    expect(medianOff(last)).toBeLessThan(0.1);
    // For a moment that its clock refuses it is asked once.
    expect(rows.filter(({ error }) => error?.startsWith('status: ')).length).toBeLessThanOrEqual(1);
  }

  const clockReason = (target: string, ahead: number) =>
    expect.stringMatching(
      new RegExp(`^The clock of ${target} was .* ms.* ${ahead > 0 ? 'ahead of' : 'behind'} the recorder's`),
    ) as unknown;

  test('of the recorder: no tick is lost or moved, and each step is told with its length', async () => {
    const clock = createSteppedClock(scratch, 'recorder');
    const here = await exporter();
    const { verdict, tables } = await record(await recorder({ here }, clock), ['here'], clock, [
      3,
      0,
      hour,
      0,
    ]);
    expect(toldSteps(tables)).toEqual([3, -3, hour, -hour]);
    expect(verdict.reasons).toContainEqual(
      expect.stringMatching(
        /^The recorder's clock was stepped: 4 \(events\.csv\)\. The first: .* stepped by \+\d/,
      ),
    );
    expectMeasured(tables, 'here', 0);
  });

  test.for([2, -2, hour, -hour])(
    'of an exporter by %d s: it is measured, named, and sampled at the tick again; the others do not notice',
    async (step) => {
      const clock = createSteppedClock(scratch, 'exporter');
      const [steady, stepped] = [await exporter(), await exporter(clock)];
      const { verdict, tables } = await record(
        await recorder({ steady, stepped }),
        ['steady', 'stepped'],
        clock,
        [step],
      );
      expectMeasured(tables, 'steady', 0);
      expectMeasured(tables, 'stepped', step);
      expect(verdict.reasons).toContainEqual(clockReason('stepped', step));
      expect(verdict.reasons).not.toContainEqual(clockReason('steady', step));
      expect(toldSteps(tables)).toEqual([]);
    },
  );

  test.for([3, -hour])(
    'of the whole machine by %d s: the run keeps its time scale and says so',
    async (step) => {
      const clock = createSteppedClock(scratch, 'machine');
      const here = await exporter(clock);
      const { verdict, tables } = await record(await recorder({ here }, clock), ['here'], clock, [step]);
      expect(toldSteps(tables)).toEqual([step]);
      expectMeasured(tables, 'here', step);
      expect(verdict.reasons).toEqual(
        expect.arrayContaining([
          clockReason('here', step),
          expect.stringMatching(/^The recorder's clock was stepped: 1 /),
        ]),
      );
    },
  );

  test('back by an hour while no recorder is there: the run goes on behind its last tick', async () => {
    const clock = createSteppedClock(scratch, 'machine');
    const here = await exporter(clock);
    const first = await recorder({ here }, clock);
    await first.client.start('run', { interval });
    await moreScrapes(folder, ['here'], 2);
    await first.kill();
    clock.set(-hour);
    const second = await recorder({ here }, clock);
    await moreScrapes(folder, ['here'], 5);
    const { verdict } = await second.client.stop();
    const tables = await expectWhole(folder);
    const [interruption] = tables.manifest.interruptions;
    // Not the time that it was away: by its clock that has not come yet.
    expect(interruption?.ticks).toBeLessThanOrEqual(2);
    const steps = tables.rows('events.csv').filter(({ kind }) => kind === 'clock_step');
    expect(steps).toHaveLength(1);
    const behind =
      /^The recorder's wall clock reads (\d+\.\d{3}) s less than what was recorded last; timestamps go on from there\.$/;
    const told = Number(behind.exec(steps[0]?.['detail'] ?? '')?.[1]);
    // An hour, less the time between the two recorders.
    expect(told).toBeGreaterThan(hour - 100);
    expect(told).toBeLessThan(hour);
    expectMeasured(tables, 'here', -told);
    expect(verdict.reasons).toEqual(
      expect.arrayContaining([
        clockReason('here', -hour),
        expect.stringMatching(/^The recorder was interrupted once after /),
        expect.stringMatching(/^The recorder's clock was stepped: 1 /),
      ]),
    );
  });
});
