import type { Command } from 'commander';
import type { MergedRun } from '../merge/mergeFolder.ts';
import { say, sayJson, verdictWord } from './output.ts';
import { plain } from './plain.ts';
import { bytes, count } from './quantity.ts';
import { showShards } from './runsCommands.ts';
import { lastSignal } from './signals.ts';

const help = `
Example, of the folders shard=0, shard=1 and shard=2 in ./test000:
  kubemon merge ./test000 ./test000-merged`;

/** merge: the parts of a run become one folder. */
export function addMergeCommand(program: Command): void {
  const command = program
    .command('merge')
    .argument('<folder>', 'folder of a run that lies in parts, shard=0 and so on')
    .argument('<output>', 'folder to make')
    .description('put the parts together that several shards have recorded, as one recorder writes them')
    .addHelpText('after', help);
  command.action(async (folder: string, output: string) => {
    const { mergeFolder } = await import('../merge/mergeFolder.ts');
    const merged = await mergeFolder(folder, output, { signal: lastSignal() });
    if (command.optsWithGlobals<{ readonly json?: boolean }>().json === true) sayJson(merged);
    else say(showMerged(merged));
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
