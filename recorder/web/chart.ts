import uPlot from 'uplot';
import { axisTimes, axisValues, byteSteps } from './axes.ts';
import type { ChartKind } from './chartKinds.ts';
import { chartTable, type Drawn } from './chartTable.ts';
import { become, h } from './dom.ts';
import { createSlots } from './slots.ts';

export interface Chart {
  readonly element: HTMLElement;
  show(drawn: Drawn): void;
  close(): void;
}

/** A moment that somebody named. */
export interface ChartMark {
  /** Seconds since the epoch. */
  readonly time: number;
  readonly label: string;
}

const height = 170;
const maxMarkLabel = 24;

/** As the style sheet has it, which knows of dark and light. */
function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** A drawing, and a table of what is drawn, which tells it to those who do not see it. */
export function createChart(kind: ChartKind, marks: readonly ChartMark[], lineCount: number): Chart {
  const figure = h('div', { class: 'plot', 'aria-hidden': 'true' });
  const told = h('div', {}, h('p', { class: 'empty' }, 'Reading…'));
  const element = h(
    'section',
    { class: 'chart' },
    h('h3', {}, kind.title, kind.unit === 'cores' && h('small', {}, ' in cores')),
    figure,
    told,
  );
  const slots = createSlots(lineCount);
  let plot: uPlot | undefined;
  let drawn: Drawn | undefined;

  function tell(): void {
    if (drawn === undefined) return;
    const table = chartTable(kind, drawn, slots.of, plot?.cursor.idx ?? undefined);
    become(told, table);
  }

  function drawMarks(self: uPlot): void {
    const { ctx, bbox } = self;
    const pixel = devicePixelRatio;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = colour('muted');
    ctx.lineWidth = pixel;
    ctx.font = `${11 * pixel}px sans-serif`;
    ctx.setLineDash([3 * pixel, 3 * pixel]);
    for (const { time, label } of marks) {
      const x = Math.round(self.valToPos(time, 'x', true));
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      const text = label.length > maxMarkLabel ? `${label.slice(0, maxMarkLabel)}…` : label;
      const isLeft = x + ctx.measureText(text).width + 4 * pixel > bbox.left + bbox.width;
      ctx.textAlign = isLeft ? 'right' : 'left';
      ctx.fillText(text, x + (isLeft ? 2 : -2) * pixel, bbox.top - 4 * pixel);
    }
    ctx.restore();
  }

  function options(): uPlot.Options {
    const axis = { stroke: () => colour('muted'), font: '11px sans-serif', ticks: { show: false } };
    const grid = { stroke: () => colour('line'), width: 1 };
    return {
      width: figure.clientWidth,
      height,
      padding: [18, 26, 0, 0],
      legend: { show: false },
      cursor: { sync: { key: 'run' }, y: false, drag: { x: true, y: false } },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
      scales: { y: { range: (_self, _min, max) => [0, max > 0 ? max * 1.05 : 1] } },
      axes: [
        { ...axis, grid: { show: false }, values: axisTimes, size: 26, space: 70 },
        {
          ...axis,
          grid,
          values: axisValues(kind.unit),
          size: kind.unit === 'bytesPerSecond' ? 74 : 62,
          space: 34,
          ...(kind.unit !== 'cores' && { incrs: byteSteps }),
        },
      ],
      series: [
        {},
        ...Array.from({ length: lineCount }, (_, slot) => ({
          stroke: () => colour(`series-${slot}`),
          width: 1.5,
          points: { size: 4, fill: () => colour(`series-${slot}`) },
        })),
      ],
      hooks: { draw: [drawMarks], setCursor: [tell] },
    };
  }

  const redraw = () => {
    plot?.redraw(false, true);
  };
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', redraw);
  const observer = new ResizeObserver(() => {
    if (figure.clientWidth > 0) plot?.setSize({ width: figure.clientWidth, height });
  });
  observer.observe(figure);

  return {
    element,
    show(next) {
      drawn = next;
      const { times, lines } = next.lines;
      slots.assign(lines.map(({ key }) => key));
      const nulls = times.map(() => null);
      const values = Array.from({ length: lineCount }, (_, slot) => {
        const line = lines.find(({ key }) => slots.of(key) === slot);
        return [...(line?.values ?? nulls)];
      });
      figure.hidden = lines.length === 0;
      if (lines.length > 0) {
        const data: uPlot.AlignedData = [[...times], ...values];
        if (plot === undefined) plot = new uPlot(options(), data, figure);
        else plot.setData(data);
      }
      tell();
    },
    close() {
      observer.disconnect();
      dark.removeEventListener('change', redraw);
      plot?.destroy();
    },
  };
}
