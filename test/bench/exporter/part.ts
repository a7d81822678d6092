import type { BenchOptions, Part, PartReport } from '../report.ts';
import { costChart, sizeChart } from './charts.ts';
import { goalsOf, growthGoal } from './goals.ts';
import { notesOf } from './notes.ts';
import { raiseOpenFiles } from './openFiles.ts';
import { compilePrograms } from './programs.ts';
import { measureSideBySide, type SideBySide } from './sideBySide.ts';
import { measureSizes } from './sizes.ts';
import { costTable, sizeTable } from './tables.ts';

/** What the exporter costs, beside others and beside the floor of reading the same files. */
export const exporter: Part = {
  name: 'exporter',
  needs: ['root', 'docker', 'compiler', 'nodeExporter', 'processExporter'],
  run,
};

const size = { containers: 60, processes: 960 };
const quickSize = { containers: 5, processes: 20 };
const rounds = { inARow: 60, warmUp: 5, rounds: 30, idle: { rest: 45, seconds: 15 } };
const roundsOfSizes = { inARow: 60, warmUp: 5, rounds: 25 };
const quickRounds = { inARow: 1, warmUp: 1, rounds: 3, idle: { rest: 0, seconds: 1 } };

async function run(options: BenchOptions): Promise<PartReport> {
  const openFiles = raiseOpenFiles();
  const programs = compilePrograms(options.scratch);
  const fleet = options.quick ? quickSize : size;
  const often = options.quick ? quickRounds : rounds;
  const measured: SideBySide[] = [];
  for (const work of ['idle', 'busy'] as const) {
    measured.push(await measureSideBySide(work, fleet, options, programs, often));
  }
  const sizes = await measureSizes(options, programs, options.quick ? quickRounds : roundsOfSizes);
  return {
    title: 'Exporter',
    figures: [...measured.flatMap(goalsOf), growthGoal(sizes)],
    tables: [...measured.map(costTable), sizeTable(sizes)],
    plots: [await costChart(measured), await sizeChart(sizes)],
    notes: notesOf(measured, sizes, openFiles),
  };
}
