import type { Command } from 'commander';
import type { Finding } from '../verify/finding.ts';
import type { Verification } from '../verify/verification.ts';
import { actAsClient } from './clientCommand.ts';
import type { Surroundings } from './surroundings.ts';
import { examples } from './examples.ts';
import { existingRun } from './existingRun.ts';
import { paint } from './output.ts';
import { plain } from './plain.ts';
import { bytes, count, counted } from './quantity.ts';
import { isFolder } from './runArgument.ts';
import { table } from './table.ts';

/** verify: whether a run is what was recorded. */
export function addVerifyCommand(program: Command, surroundings: Surroundings): void {
  const verify = program
    .command('verify')
    .addArgument(existingRun('folder of a run, or name of one that the recorder holds, which is downloaded'))
    .description('check a run against its run.json and its journal, and say what is wrong where')
    .addHelpText('after', examples('kubemon verify test000', 'kubemon verify ./data/test000'));
  actAsClient(verify, surroundings, {
    ask: async (client, { processedArgs: [run] }) => {
      if (!isFolder(String(run))) return client.verify(String(run));
      const { verifyFolder } = await import('../verify/verifyFolder.ts');
      return verifyFolder(String(run));
    },
    show: showVerification,
    failure: ({ isVerified, path }) =>
      isVerified ? undefined : `${path} is damaged: it is not what was recorded.`,
  });
}

function showVerification(verification: Verification): string {
  const { path, run, state, isVerified, wholeTo, ticks, files, findings, untold } = verification;
  const damage = findings.filter(({ severity }) => severity === 'damage');
  const notes = findings.filter(({ severity }) => severity === 'note');
  const size = files.reduce((sum, file) => sum + file.bytes, 0);
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const facts = [
    ['Run', run === undefined ? 'not known' : `${plain(run)} (${state ?? 'state not known'})`],
    ['Folder', plain(path)],
    [
      'Read',
      `${counted(files.length, 'file')}, ${counted(rows, 'row')}, ${bytes(size)}, ${counted(ticks, 'tick')}`,
    ],
    ['Whole up to', wholeTo ?? 'no tick'],
    ['Result', isVerified ? paint('green', 'verified') : paint('red', 'damaged')],
  ] as const;
  return [
    ...facts.map(([name, text]) => name.padEnd(13) + text),
    ...showFindings('DAMAGE', damage),
    ...showFindings('NOTE', notes),
    ...Object.entries(untold).map(([file, number]) => `${plain(file)}: and ${count(number)} more`),
  ].join('\n');
}

function showFindings(title: string, findings: readonly Finding[]): readonly string[] {
  if (findings.length === 0) return [];
  const rows = table(findings, [
    {
      title,
      cell: ({ file }) => file,
      style: (text, { severity }) => paint(severity === 'damage' ? 'red' : 'yellow', text),
    },
    { title: 'LINE', align: 'right', cell: ({ line }) => (line === undefined ? undefined : count(line)) },
    { title: 'BYTE', align: 'right', cell: ({ byte }) => (byte === undefined ? undefined : count(byte)) },
    { title: 'TICK', cell: ({ tick }) => tick },
    { title: 'WHAT', cell: ({ sentence }) => sentence },
  ]);
  return ['', rows];
}
