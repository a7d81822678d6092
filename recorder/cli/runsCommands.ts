import type { Command } from 'commander';
import type { Manifest, RunsAnswer, RunSummary } from '../api.ts';
import { actAsClient } from './clientCommand.ts';
import type { Surroundings } from './surroundings.ts';
import { examples } from './examples.ts';
import { existingRun } from './existingRun.ts';
import { createFetchProgress } from './fetchProgress.ts';
import type { FetchedRun, FetchOptions } from './fetchRun.ts';
import { Interrupted } from './interrupted.ts';
import { paint, verdictWord } from './output.ts';
import { plain } from './plain.ts';
import { bytes, count, counted, moment } from './quantity.ts';
import { table } from './table.ts';

const help = `
Examples:
  kubemon fetch test000
  kubemon fetch test000 results --host 10.0.1.2

A download that was broken off goes on where it was: type the same again. What is there of it lies in
DIR/.RUN.partial. Of a run that is still on, what there is by now is brought; fetch it again after its end.`;

/** runs, fetch. */
export function addRunsCommands(program: Command, surroundings: Surroundings): void {
  const runs = program
    .command('runs')
    .description('the runs that the recorder holds')
    .addHelpText('after', examples('kubemon runs', 'kubemon runs --json'));
  actAsClient(runs, surroundings, { ask: (client) => client.runs(), show: showRuns });

  const fetch = program
    .command('fetch')
    .addArgument(existingRun('name of the run'))
    .argument('[dir]', 'folder to put it in', '.')
    .description('download a run into DIR/RUN and check its files; nothing is overwritten')
    .option('--merge', 'put the parts together that several shards have recorded')
    .addHelpText('after', help);
  actAsClient(fetch, surroundings, {
    ask: async (client, { processedArgs: [run, dir] }, signal) => {
      const progress = createFetchProgress(process.stderr);
      try {
        return await client.fetch(String(run), String(dir), {
          ...fetch.opts<FetchOptions>(),
          onProgress: progress.show,
        });
      } catch (error) {
        throw signal.aborted ? new Interrupted(progress.brokenOff()) : error;
      } finally {
        progress.end();
      }
    },
    show: showFetched,
  });
}

function showFetched({ path, bytes: size, verified, resumed, parts = 1, manifest }: FetchedRun): string {
  if (manifest.state === 'recording') {
    return `${plain(path)}: ${bytes(size)} so far. The run is still on: after its end, fetch it again into another folder.`;
  }
  const files = `${counted(verified, 'file')} of ${parts * manifest.files.length} verified (SHA-256)`;
  const goneOn = resumed === 0 ? '' : `; ${bytes(resumed)} were here already`;
  const { verdict } = manifest;
  return [
    `${plain(path)}: ${bytes(size)}, ${files}${goneOn}, ${verdictWord(verdict)}`,
    ...showShards(manifest),
    ...verdict.reasons.map(plain),
  ].join('\n');
}

/** Of a run that several have recorded. */
export function showShards({ shards, missingShards = [] }: Manifest): readonly string[] {
  if (shards === undefined) return [];
  const there = `Shards: ${shards - missingShards.length} of ${shards}`;
  if (missingShards.length === 0) return [there];
  return [paint('red', `${there}; missing: ${missingShards.join(', ')}, and with them their daemons`)];
}

function showRuns({ runs }: RunsAnswer): string {
  if (runs.length === 0) return 'No runs yet.';
  return table<RunSummary>(runs, [
    { title: 'RUN', cell: ({ run }) => run },
    {
      title: 'STATE',
      cell: ({ state }) => state,
      style: (text, { state }) => (state === 'interrupted' ? paint('yellow', text) : text),
    },
    { title: 'START (UTC)', cell: ({ start }) => moment(start) },
    { title: 'TICKS', align: 'right', cell: ({ ticks }) => count(ticks) },
    { title: 'SIZE', align: 'right', cell: ({ bytes: size }) => bytes(size) },
    {
      title: 'VERDICT',
      cell: ({ verdict }) => verdict,
      style: (text, { verdict }) => (verdict === undefined ? text : verdictWord({ verdict })),
    },
  ]);
}
