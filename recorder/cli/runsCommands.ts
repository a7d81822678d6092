import type { Command } from 'commander';
import type { Manifest, RunsAnswer, RunSummary } from '../api.ts';
import { actAsClient } from './clientCommand.ts';
import type { FetchOptions } from './client.ts';
import type { FetchedRun } from './fetchRun.ts';
import { paint, verdictWord } from './output.ts';
import { plain } from './plain.ts';
import { bytes, count, counted, moment } from './quantity.ts';
import { table } from './table.ts';

/** runs, fetch. */
export function addRunsCommands(program: Command): void {
  actAsClient(program.command('runs').description('the runs that the recorder holds'), {
    ask: (client) => client.runs(),
    show: showRuns,
  });

  const fetch = program
    .command('fetch')
    .argument('<run>', 'name of the run')
    .argument('[dir]', 'folder to put it in', '.')
    .description('download a run into DIR/RUN and check its files; nothing is overwritten')
    .option('--merge', 'put the parts together that several shards have recorded');
  actAsClient(fetch, {
    ask: (client, { processedArgs: [run, dir] }) =>
      client.fetch(String(run), String(dir), fetch.opts<FetchOptions>()),
    show: showFetched,
  });
}

function showFetched({ path, bytes: size, verified, parts = 1, manifest }: FetchedRun): string {
  if (manifest.state === 'recording') {
    return `${plain(path)}: ${bytes(size)} so far. The run is still on: after its end, fetch it again into another folder.`;
  }
  const files = `${counted(verified, 'file')} of ${parts * manifest.files.length} verified (SHA-256)`;
  return [`${plain(path)}: ${bytes(size)}, ${files}`, ...showShards(manifest)].join('\n');
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
