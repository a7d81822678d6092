import type { Command } from 'commander';
import { addSettings, readSettings } from '../../exporter/serve/settings.ts';
import { examples } from './examples.ts';
import { checkMachine, type CheckReport, type MachineOptions, type MissingReport } from './exporter.ts';
import { requireLinux } from './linux.ts';
import { json, paint, say } from './output.ts';
import { plain } from './plain.ts';
import { count, counted } from './quantity.ts';
import { table } from './table.ts';

/** check: what the exporter can read here. */
export function addCheckCommand(program: Command, machineOptions: MachineOptions): void {
  const command = program
    .command('check')
    .description('say what this machine lets the exporter read, what not, why, and what to do about it')
    .addHelpText('after', examples('kubemon check', 'kubemon check --json'));
  addSettings(command, machineOptions);
  command.option('--json', 'Print the report as JSON.');
  command.action(async () => {
    requireLinux();
    const settings = readSettings(machineOptions, command.opts(), process.env);
    const report = await checkMachine(settings);
    if (command.optsWithGlobals<{ json?: boolean }>().json === true) say(json(report));
    else say(showReport(report));
  });
}

function showReport({ kernel, cgroupVersion, scopes, names, missing }: CheckReport): string {
  const overview = table(scopes, [
    { title: 'SCOPE', cell: ({ scope }) => scope },
    { title: 'FOUND', align: 'right', cell: ({ found }) => count(found) },
    {
      title: 'METRICS READ',
      align: 'right',
      cell: ({ read, metrics }) => `${count(read)} of ${count(metrics)}`,
    },
  ]);
  return [
    `Linux ${plain(kernel)}, cgroup v${cgroupVersion}`,
    `Names of containers: ${names.available ? 'known' : `not known. ${plain(names.reason ?? '')}`}`,
    '',
    overview,
    ...missing.flatMap(showMissing),
  ].join('\n');
}

function showMissing({ reason, sentence, advice, metrics }: MissingReport): readonly string[] {
  return [
    '',
    `${paint('bold', plain(reason))}, ${counted(metrics.length, 'metric')}`,
    `  ${sentence}`,
    `  What to do: ${advice}`,
    ...metrics.map((metric) => `    ${plain(metric)}`),
  ];
}
