import type { Figure } from '../report.ts';
import { processExporter, processExporterLean } from './exporters.ts';
import type { Cost } from './measure.ts';
import type { SideBySide } from './sideBySide.ts';
import type { SizeCost } from './sizes.ts';
import { megabytes, microseconds, milliseconds, times } from './units.ts';

/** CPU of a scrape, measured before with 60 containers of 16 processes: beside these no goal is judged. */
const noted = { cadvisor: 0.196, originalKubemon: 13 };

/** The goals with one fleet. */
export function goalsOf({
  work,
  exporters,
  floor,
  stages,
  skew,
  secondsApart,
}: SideBySide): readonly Figure[] {
  const kubemon = find(exporters, 'kubemon');
  const { collection, cpuIdle, cpuPerScrape: cpu } = kubemon;
  if (collection === undefined) throw new Error('Kubemon does not tell how long it collected.');
  if (cpuIdle === undefined) throw new Error('What it costs when nobody scrapes was not measured.');
  const rest = cpu - stages.collecting - stages.rendering;
  const about = `${work}, ${kubemon.shown.processes} processes`;
  const than = (whole: number) => times(whole / cpu);
  return [
    {
      what: `reading and parsing (${about})`,
      measured: milliseconds(stages.collecting),
      ratio: `${times(stages.collecting / floor.cpu)} the floor's ${milliseconds(floor.cpu)}`,
      goal: 'at most 2.5 x',
      isMet: stages.collecting <= 2.5 * floor.cpu,
    },
    {
      what: `rendering (${work})`,
      measured: milliseconds(stages.rendering),
      ratio: `${times(stages.rendering / floor.cpu)} the floor`,
    },
    {
      what: `the rest: HTTP, own metrics, garbage (${work})`,
      measured: `${milliseconds(rest)}, garbage ${milliseconds(stages.garbage)}`,
      ratio: `${times(rest / floor.cpu)} the floor`,
    },
    {
      what: `CPU of a scrape, all of it (${about})`,
      measured: milliseconds(cpu),
      ratio: `${times(cpu / floor.cpu)} the floor`,
      goal: 'under 30 ms',
      isMet: cpu < 0.03,
    },
    ...peerGoals(work, exporters, secondsApart, than),
    {
      what: `the original kubemon, as noted, not measured in this run (${work})`,
      measured: milliseconds(noted.originalKubemon),
      ratio: `${than(noted.originalKubemon)} kubemon`,
      goal: 'at least 400 x',
    },
    {
      what: `CPU of a second between scrapes (${work})`,
      measured: milliseconds(cpuIdle),
      goal: 'under 1 ms',
      isMet: cpuIdle < 0.001,
    },
    {
      what: `resident memory (${about})`,
      measured: megabytes(kubemon.resident),
      goal: 'under 100 MB',
      isMet: kubemon.resident < 100e6,
    },
    {
      what: `one synchronous pass, begun after the moment asked for with at= by (${work})`,
      measured: milliseconds(skew),
    },
    {
      what: `… and its samples lie apart by at most (${work})`,
      measured: `${milliseconds(collection.median)}, once ${milliseconds(collection.longest)}`,
    },
  ];
}

function peerGoals(
  work: string,
  exporters: readonly Cost[],
  secondsApart: number,
  than: (cpu: number) => string,
): readonly Figure[] {
  const cpuOf = (name: string) => find(exporters, name).cpuPerScrape;
  const kubemon = cpuOf('kubemon');
  const node = cpuOf('node_exporter');
  const usual = node + cpuOf(processExporter);
  const lean = node + cpuOf(processExporterLean);
  const cadvisor = exporters.find(({ name }) => name === 'cAdvisor');
  // It collects once a second, whoever scrapes: of a round, which is longer, a second's part counts.
  const all = usual + (cadvisor ? cadvisor.cpuPerScrape / secondsApart : noted.cadvisor);
  const third = cadvisor === undefined ? "cAdvisor's 196 ms as noted, not measured in this run" : 'cAdvisor';
  return [
    {
      what: `node_exporter and process-exporter, lean (${work})`,
      measured: milliseconds(lean),
      ratio: `${than(lean)} kubemon`,
    },
    {
      what: `node_exporter and process-exporter, which reads smaps and threads too, as kubemon does not (${work})`,
      measured: milliseconds(usual),
      ratio: `${than(usual)} kubemon`,
    },
    {
      what: `node_exporter, process-exporter and ${third} (${work})`,
      measured: milliseconds(all),
      ratio: `${than(all)} kubemon`,
      goal: 'at least 40 x',
      // What was noted on another machine can decide nothing, but where it is not needed.
      ...(cadvisor !== undefined || all < 40 * kubemon || usual >= 40 * kubemon
        ? { isMet: all >= 40 * kubemon }
        : {}),
    },
  ];
}

/** From the smallest size, the first, to the largest, the last: in that order they are measured. */
export function growthGoal(sizes: readonly SizeCost[]): Figure {
  const [small, large] = [sizes[0]?.cost, sizes.at(-1)?.cost];
  if (small === undefined || large === undefined) throw new Error('No size was measured.');
  const each = ({ cpuPerScrape, shown }: Cost) => cpuPerScrape / shown.processes;
  const ratio = each(large) / each(small);
  return {
    what: `CPU a process, ${large.shown.processes} in ${large.shown.containers} containers`,
    measured: microseconds(each(large)),
    ratio: `${times(ratio)} that of ${small.shown.processes} in ${small.shown.containers}`,
    goal: 'at most 1.3 x',
    isMet: ratio <= 1.3,
  };
}

function find(exporters: readonly Cost[], name: string): Cost {
  const found = exporters.find((exporter) => exporter.name === name);
  if (found === undefined) throw new Error(`${name} was not measured.`);
  return found;
}
