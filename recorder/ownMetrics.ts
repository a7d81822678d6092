import { Counter, Gauge, type Registry } from 'prom-client';
import type { Control } from './control.ts';

/** Declares the recorder's own metrics; they follow `control`. */
export function declareOwnMetrics(registry: Registry, control: Control, version: string): void {
  const registers = [registry];
  const ticks = new Counter({
    name: 'kubemon_recorder_ticks_total',
    help: 'Ticks of all runs: done (its rows are written) or dropped.',
    labelNames: ['state'],
    registers,
  });
  const scrapes = new Counter({
    name: 'kubemon_recorder_scrapes_total',
    help: 'Scrapes of ticks that are done: up or failed.',
    labelNames: ['result'],
    registers,
  });
  const rows = new Counter({
    name: 'kubemon_recorder_rows_total',
    help: 'Rows written to CSV files.',
    registers,
  });
  const failed = new Counter({
    name: 'kubemon_recorder_runs_failed_total',
    help: 'Runs that the disk has ended, or whose end could not be written at once.',
    registers,
  });
  const runs = new Counter({
    name: 'kubemon_recorder_runs_total',
    help: 'Runs that have ended, by their verdict.',
    labelNames: ['verdict'],
    registers,
  });
  const skew = new Gauge({
    name: 'kubemon_recorder_skew_seconds',
    help: "How long after the last tick a target collected, by the target's clock; no sample where it did not.",
    labelNames: ['target'],
    registers,
  });
  control.onStop(({ verdict: { verdict }, problem }) => {
    if (problem !== undefined) failed.inc();
    runs.inc({ verdict });
    skew.reset();
  });
  for (const verdict of ['valid', 'degraded', 'inconclusive']) runs.inc({ verdict }, 0);
  for (const state of ['done', 'dropped']) ticks.inc({ state }, 0);
  for (const result of ['up', 'failed']) scrapes.inc({ result }, 0);
  control.onTick((tick) => {
    ticks.inc({ state: tick.state });
    rows.inc(tick.rows);
    skew.reset();
    for (const { target, up, skewSeconds } of tick.targets) {
      scrapes.inc({ result: up ? 'up' : 'failed' });
      if (skewSeconds !== undefined) skew.set({ target }, skewSeconds);
    }
  });

  for (const gauge of followingGauges(control)) registry.registerMetric(gauge);
  const info = new Gauge({
    name: 'kubemon_recorder_build_info',
    help: 'The version of the recorder.',
    labelNames: ['version'],
    registers,
  });
  info.set({ version }, 1);
}

/** Gauges that are read when they are asked for. */
function followingGauges(control: Control): readonly Gauge[] {
  return [
    new Gauge({
      name: 'kubemon_recorder_run_active',
      help: '1 for the run that is being recorded; no sample when there is none.',
      labelNames: ['run'],
      registers: [],
      collect() {
        this.reset();
        const run = control.current();
        if (run !== undefined) this.set({ run }, 1);
      },
    }),
    new Gauge({
      name: 'kubemon_recorder_daemons_connected',
      help: 'Daemons that answered last time.',
      registers: [],
      collect() {
        this.set(control.daemons().connected);
      },
    }),
    new Gauge({
      name: 'kubemon_recorder_daemons_expected',
      help: 'Daemons that ought to be there.',
      registers: [],
      collect() {
        this.set(control.daemons().expected);
      },
    }),
  ];
}
