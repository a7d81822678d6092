import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SummaryOptions } from '../summary/summarizeRun.ts';
import { scopes, sortKeys, type UsageSummary } from '../summary/usage.ts';
import { actAsClient } from './clientCommand.ts';
import type { Surroundings } from './surroundings.ts';
import { existingRun } from './existingRun.ts';
import { terminalWidth } from './output.ts';
import { isFolder } from './runArgument.ts';
import { showUsage } from './usageTable.ts';

/** Of each kind, where nobody said how many. */
const usualTop = 10;

const help = `
Examples:
  kubemon summary test000
  kubemon summary test000 --from warm --to done --by container --sort memory
  kubemon summary ./data/test000 --by process --top 20 --json

CPU is in cores; mean, 95th percentile and maximum are over the ticks. Disk and network, in bytes a second,
are shown where the terminal is wide enough, and with --json. A node's disks are summed up without those made
of others (dm-, md), its interfaces without lo and those of containers (docker0, cni0, veth…).`;

/** summary: what was used during a run. */
export function addSummaryCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('summary')
    .addArgument(existingRun('folder of a run, or name of one that the recorder holds'))
    .description('what nodes, containers and processes used: CPU, memory, disk and network')
    .option('--from <mark>', 'from the mark of that label on')
    .option('--to <mark>', 'up to the mark of that label')
    .addOption(new Option('--by <kind>', 'only these (default: all three)').choices(scopes))
    .addOption(new Option('--sort <measure>', 'most used first').choices(sortKeys).default('cpu'))
    .option('--top <n>', `how many of each (default: ${usualTop}, all with --json)`, countOf)
    .addHelpText('after', help);
  actAsClient(command, surroundings, {
    ask: async (client, { processedArgs: [run] }) => {
      const options = command.opts<SummaryOptions>();
      if (!isFolder(String(run))) return client.summary(String(run), options);
      const { summarizeFolder } = await import('../summary/summarizeRun.ts');
      return summarizeFolder(String(run), options);
    },
    show: (summary: UsageSummary) => {
      const { top = usualTop, sort = 'cpu' } = command.opts<SummaryOptions>();
      return showUsage(summary, { top, sort, width: terminalWidth() });
    },
  });
}

function countOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 on.');
}
