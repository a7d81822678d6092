import type { Command } from 'commander';
import type { DaemonsAnswer, DaemonStatus, InstancesAnswer } from '../api.ts';
import { actAsClient } from './clientCommand.ts';
import type { Surroundings } from './surroundings.ts';
import { examples } from './examples.ts';
import { paint } from './output.ts';
import { plain } from './plain.ts';
import { bytes, count, counted, moment } from './quantity.ts';
import { type Column, table } from './table.ts';

/** daemons, instances, alive. */
export function addLookCommands(program: Command, surroundings: Surroundings): void {
  const daemons = program
    .command('daemons')
    .description('the exporters: connected or not, and why')
    .addHelpText('after', examples('kubemon daemons', 'kubemon daemons --host 10.0.1.2 --json'));
  actAsClient(daemons, surroundings, { ask: (client) => client.daemons(), show: showDaemons });

  const instances = program
    .command('instances')
    .description('what is monitored on each node')
    .addHelpText('after', examples('kubemon instances'));
  actAsClient(instances, surroundings, { ask: (client) => client.instances(), show: showInstances });

  const alive = program
    .command('alive')
    .description('whether the recorder answers')
    .addHelpText('after', examples('kubemon alive --host https://10.0.1.2 --ca-file ca.crt'));
  actAsClient(alive, surroundings, {
    ask: (client) => client.alive(),
    show: ({ message }) => plain(message),
  });
}

function showDaemons({ connected, expected, reason, discovery = [], daemons }: DaemonsAnswer): string {
  const lines = [`${counted(connected, 'daemon')} connected, ${expected} expected (${plain(reason)})`];
  for (const { message, since } of discovery) lines.push(`Since ${moment(since)}: ${plain(message)}`);
  if (daemons.length > 0) {
    const rows = table<DaemonStatus>(daemons, [
      { title: 'NAME', cell: ({ name }) => name },
      { title: 'NODE', cell: ({ node }) => node },
      ...kubernetesColumns(daemons),
      { title: 'ADDRESS', cell: ({ address }) => address },
      {
        title: 'STATE',
        cell: (daemon) => (daemon.connected ? 'connected' : 'not connected'),
        style: (text, daemon) => paint(daemon.connected ? 'green' : 'red', text),
      },
      { title: 'SINCE (UTC)', cell: ({ since }) => moment(since) },
      { title: 'KERNEL', cell: ({ kernel }) => kernel },
      { title: 'CPUS', align: 'right', cell: ({ cpus }) => cpus?.toString() },
      {
        title: 'MEMORY',
        align: 'right',
        cell: ({ memoryBytes }) => (memoryBytes === undefined ? undefined : bytes(memoryBytes)),
      },
      { title: 'CGROUP', align: 'right', cell: ({ cgroupVersion }) => cgroupVersion },
      { title: 'EXPORTER', cell: ({ role, exporterVersion }) => exporterVersion ?? role },
    ]);
    lines.push('', rows);
  }
  for (const { name, error } of daemons)
    if (error !== undefined) lines.push(`${plain(name)}: ${plain(error)}`);
  return lines.join('\n');
}

/** Only where Kubernetes has told something. */
function kubernetesColumns(daemons: readonly DaemonStatus[]): readonly Column<DaemonStatus>[] {
  if (daemons.every(({ ready }) => ready === undefined)) return [];
  return [
    { title: 'POD', cell: ({ pod }) => pod },
    { title: 'READY', cell: ({ ready }) => (ready === undefined ? undefined : ready ? 'yes' : 'no') },
  ];
}

function showInstances({ total, nodes }: InstancesAnswer): string {
  const rows = table(nodes, [
    { title: 'NODE', cell: ({ node }) => node },
    { title: 'TARGET', cell: ({ target }) => target },
    { title: 'OS', align: 'right', cell: ({ os }) => count(os) },
    { title: 'CONTAINERS', align: 'right', cell: ({ containers }) => count(containers) },
    { title: 'PROCESSES', align: 'right', cell: ({ processes }) => count(processes) },
  ]);
  return `${rows}\n${counted(total, 'monitor instance')}`;
}
