import { type Command, InvalidArgumentError } from 'commander';
import { duration as durationKind } from '../../exporter/serve/kinds.ts';
import type { RunStatus, StatusAnswer, StopAnswer } from '../api.ts';
import { interval } from '../settings.ts';
import { actAsClient, allowed } from './clientCommand.ts';
import type { RecorderClient, StartOptions } from './client.ts';
import { verdictWord } from './output.ts';
import { plain } from './plain.ts';
import { bytes, count, counted, duration, moment } from './quantity.ts';
import { summary } from './summary.ts';

interface StartFlags extends Omit<StartOptions, 'labels'> {
  readonly label?: StartOptions['labels'];
}

/** start, stop, status, mark. */
export function addRunCommands(program: Command): void {
  const start = program
    .command('start')
    .argument('<run>', 'name of the run, and of its folder')
    .description('start a run')
    .option('--interval <seconds>', 'seconds between ticks (default: COLLECT_INTERVAL)', allowed(interval))
    .option('--for <duration>', 'stop by itself after 90, 90s, 10m or 1h', allowed(durationKind))
    .option('--label <key=value>', 'describes the run in its run.json; may be repeated', addLabel);
  actAsClient(start, {
    ask: (client, { processedArgs: [run] }) => {
      const { label, ...options } = start.opts<StartFlags>();
      return client.start(String(run), label === undefined ? options : { ...options, labels: label });
    },
    show: ({ message }) => plain(message),
  });

  actAsClient(program.command('stop').description('stop the run that is on, and judge it'), {
    ask: (client) => client.stop(),
    show: showStop,
  });

  actAsClient(program.command('status').description('what is recorded now'), {
    ask: (client) => client.status(),
    show: showStatus,
  });

  const mark = program
    .command('mark')
    .argument('<label...>', 'what happens at this moment')
    .description('name this moment of the run: marks.csv');
  actAsClient(mark, {
    ask: (client, { args }) => client.mark(args.join(' ')),
    show: ({ message }) => plain(message),
  });
}

function addLabel(text: string, labels: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('It must be KEY=VALUE.');
  return { ...labels, [key]: value };
}

async function showStop({ message, run, path }: StopAnswer, client: RecorderClient): Promise<string> {
  const { manifest } = await client.run(run);
  return `${plain(message)}\n\n${summary(manifest, path)}`;
}

function showStatus({ message, daemons, recording, last }: StatusAnswer): string {
  const lines = [plain(message), `Daemons    ${daemons.connected} connected, ${daemons.expected} expected`];
  if (recording !== undefined) lines.push(...showRecording(recording));
  else if (last !== undefined) {
    lines.push(`Last run   ${plain(last.run)}, ${verdictWord(last.verdict)}: ${plain(last.path)}`);
  }
  return lines.join('\n');
}

function showRecording(run: RunStatus): readonly string[] {
  const { planned, done, dropped } = run.ticks;
  const length = run.for === undefined ? '' : ` of ${duration(run.for)}`;
  return [
    `Run        ${plain(run.run)}, since ${moment(run.start)} UTC`,
    `Recorded   ${duration(run.elapsed)}${length}, a tick every ${duration(run.interval)}`,
    `Ticks      ${count(done)} of ${count(planned)} done, ${count(dropped)} dropped`,
    `Data       ${counted(run.rows, 'row')}, ${bytes(run.bytes)}`,
    `Folder     ${plain(run.path)}`,
    `Verdict    ${verdictWord(run.verdict)} so far`,
    ...run.verdict.reasons.map((reason) => `           - ${plain(reason)}`),
    ...(run.lastTick?.targets ?? [])
      .filter(({ up }) => !up)
      .map(
        ({ target, error }) =>
          `Not scraped on the last tick: ${plain(target)} (${plain(error ?? 'unknown')})`,
      ),
  ];
}
