import type { Command } from 'commander';
import type { MergedRun } from '../merge/mergeFolder.ts';
import { actAsClient } from './clientCommand.ts';
import { verdictWord } from './output.ts';
import { plain } from './plain.ts';
import { bytes, count } from './quantity.ts';
import { showShards } from './runsCommands.ts';
import type { Surroundings } from './surroundings.ts';

const help = `
Example, of the folders shard=0, shard=1 and shard=2 in ./test000:
  kubemon merge ./test000 ./test000-merged`;

/** merge: the parts of a run become one folder. */
export function addMergeCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('merge')
    .argument('<folder>', 'folder of a run that lies in parts, shard=0 and so on')
    .argument('<output>', 'folder to make')
    .description('put the parts together that several shards have recorded, as one recorder writes them')
    .addHelpText('after', help);
  actAsClient(command, surroundings, {
    ask: async (_, { processedArgs: [folder, output] }, signal) => {
      const { mergeFolder } = await import('../merge/mergeFolder.ts');
      return mergeFolder(String(folder), String(output), { signal });
    },
    show: showMerged,
  });
}

function showMerged({ path, manifest }: MergedRun): string {
  const { files, ticks, verdict } = manifest;
  const size = files.reduce((sum, file) => sum + file.bytes, 0);
  return [
    `${plain(path)}: ${bytes(size)}, ${count(ticks.done)} of ${count(ticks.planned)} ticks, ${verdictWord(verdict)}`,
    ...showShards(manifest),
    ...verdict.reasons.map(plain),
  ].join('\n');
}
