import { type Command, Option } from 'commander';
import type { ExportedRun, ExportOptions } from '../export/exportRun.ts';
import { exportFormats } from '../export/format.ts';
import { actAsClient } from './clientCommand.ts';
import type { Surroundings } from './surroundings.ts';
import { existingRun } from './existingRun.ts';
import { isFolder } from './runArgument.ts';
import { plain } from './plain.ts';
import { bytes, counted } from './quantity.ts';

const help = `
Formats:
  parquet   a .parquet for each CSV file, with the types of run.json (needs: npm install @duckdb/node-api)
  deltas    CSV; counters as what they grew by since the row before, interval_seconds says since when
  rates     CSV; counters as growth a second
  original  the layout of the original kubemon: one file an instance, in its columns and units

Examples:
  kubemon export test000 --format rates
  kubemon export ./data/test000 --format parquet --output /tmp/test000`;

/** export: a run in another format. */
export function addExportCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('export')
    .addArgument(existingRun('folder of a run, or name of one that the recorder holds'))
    .description('write a run as Parquet, deltas, rates or in the layout of the original kubemon')
    .addOption(new Option('--format <format>', 'what to write').choices(exportFormats).makeOptionMandatory())
    .option('--output <dir>', 'folder to make (default: RUN-FORMAT here)')
    .addHelpText('after', help);
  actAsClient(command, surroundings, {
    ask: async (client, { processedArgs: [run] }, signal) => {
      const options = { ...command.opts<ExportOptions>(), signal };
      if (!isFolder(String(run))) return client.export(String(run), options);
      const { exportFolder } = await import('../export/exportRun.ts');
      return exportFolder(String(run), options);
    },
    show: ({ path, files, bytes: size }: ExportedRun) =>
      `${plain(path)}: ${counted(files, 'file')}, ${bytes(size)}`,
  });
}
