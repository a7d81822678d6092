import { h } from './dom.ts';
import { isInParts, partsHint } from './inParts.ts';
import { type Recorder, RefusedError } from './recorder.ts';
import { createRunCharts, type RunCharts } from './runCharts.ts';
import { latest } from './latest.ts';

/** Keeps the charts of the run that is shown in their place on the page. */
export interface ChartRoom {
  /** To be called after each change of the page: makes, keeps or ends charts. */
  settle(place: HTMLElement | null, run: string | undefined, isGrowing: boolean): void;
  /** A tick of the run is written. */
  advance(run: string, until: string): void;
  mark(timestamp: string, label: string): void;
  /** The recorder answers: what could not be read is tried again, but for what it has refused. */
  retry(): void;
}

interface Tenant {
  readonly run: string;
  readonly isGrowing: boolean;
  readonly place: HTMLElement;
  charts?: RunCharts;
  isOver: boolean;
  isFailed: boolean;
}

/** Not more often, however close ticks are. */
const pauseMs = 400;

export function createChartRoom(recorder: Recorder, failed: (error: unknown) => void): ChartRoom {
  let tenant: Tenant | undefined;
  const advance = latest(async (until: string) => {
    const now = tenant;
    try {
      await now?.charts?.advance(until);
    } catch (error) {
      // Of a run that is on, the next tick tries again.
      if (now?.isGrowing === false) now.isFailed = !isRefused(error);
      failed(error);
    }
  }, pauseMs);

  function end(): void {
    if (tenant === undefined) return;
    tenant.isOver = true;
    tenant.charts?.close();
    tenant.place.replaceChildren();
    tenant = undefined;
  }

  async function fill(now: Tenant): Promise<void> {
    now.isFailed = false;
    try {
      const { manifest } = await recorder.run(now.run);
      if (now.isOver) return;
      now.charts?.close();
      if (isInParts(manifest)) {
        delete now.charts;
        now.place.replaceChildren(h('p', { class: 'hint' }, partsHint(manifest)));
        return;
      }
      now.charts = createRunCharts({ recorder, manifest, mode: now.isGrowing ? 'growing' : 'whole' });
      now.place.replaceChildren(now.charts.element);
      advance(manifest.ticks.last ?? '');
    } catch (error) {
      now.isFailed = !isRefused(error);
      failed(error);
    }
  }

  return {
    settle(place, run, isGrowing) {
      const isSame = tenant?.place === place && tenant?.run === run && tenant?.isGrowing === isGrowing;
      if (isSame) return;
      end();
      if (place === null || run === undefined) return;
      tenant = { run, isGrowing, place, isOver: false, isFailed: false };
      void fill(tenant);
    },
    advance(run, until) {
      if (tenant?.run === run && tenant.isGrowing) advance(until);
    },
    mark(timestamp, label) {
      tenant?.charts?.mark(timestamp, label);
    },
    retry() {
      if (tenant?.isFailed === true) void fill(tenant);
    },
  };
}

/** Asked again, it would be refused again. */
function isRefused(error: unknown): boolean {
  return error instanceof RefusedError && error.status !== 401;
}
