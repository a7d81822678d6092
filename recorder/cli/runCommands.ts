import { type Command, InvalidArgumentError } from 'commander';
import { duration as durationKind } from '../../exporter/serve/kinds.ts';
import type { StartAnswer, StatusAnswer, StopAnswer } from '../api.ts';
import { interval } from '../settings.ts';
import type { RecorderClient, StartOptions } from './client.ts';
import { actAsClient, allowed, isJson } from './clientCommand.ts';
import { examples } from './examples.ts';
import { Failure } from './failure.ts';
import { json, jsonLine, paint, say } from './output.ts';
import { plain } from './plain.ts';
import { showStatus } from './showStatus.ts';
import { summary } from './summary.ts';
import type { Surroundings } from './surroundings.ts';
import { type WatchedRun, watchRun } from './watchRun.ts';
import { createWatchView, jsonView } from './watchView.ts';

interface StartFlags extends Omit<StartOptions, 'labels'> {
  readonly label?: StartOptions['labels'];
  readonly watch?: boolean;
}

/** start, stop, status, mark. */
export function addRunCommands(program: Command, surroundings: Surroundings): void {
  const start = program
    .command('start')
    .argument('<run>', 'name of the run, and of its folder')
    .description('start a run')
    .option('--interval <seconds>', 'seconds between ticks (default: COLLECT_INTERVAL)', allowed(interval))
    .option('--for <duration>', 'stop by itself after 90, 90s, 10m or 1h', allowed(durationKind))
    .option('--label <key=value>', 'describes the run in its run.json; may be repeated', addLabel)
    .option('--watch', 'show how it goes until it ends; Ctrl-C ends the watching, not the run')
    .addHelpText(
      'after',
      examples(
        'kubemon start test000',
        'kubemon start test001 --for 10m --watch',
        'kubemon start test002 --interval 0.5 --label load=high --label users=200',
      ),
    );
  actAsClient<StartAnswer | WatchedRun>(start, surroundings, {
    ask: async (client, { processedArgs: [run] }, signal) => {
      const { label, watch, ...options } = start.opts<StartFlags>();
      const answer = await client.start(
        String(run),
        label === undefined ? options : { ...options, labels: label },
      );
      if (watch !== true) return answer;
      if (!isJson(start)) say(plain(answer.message));
      return watched(client, answer.run, start, signal);
    },
    show: (answer) => ('manifest' in answer ? showWatched(answer) : plain(answer.message)),
    showJson: watchedJson,
    failure: (answer) => ('manifest' in answer ? failureOf(answer) : undefined),
  });

  const stop = program
    .command('stop')
    .description('stop the run that is on, and judge it')
    .addHelpText('after', examples('kubemon stop', 'kubemon stop --json'));
  actAsClient(stop, surroundings, { ask: (client) => client.stop(), show: showStop });

  const status = program
    .command('status')
    .description('whether what is on is recorded properly, and its figures')
    .option('--watch', 'go on showing how the run goes until it ends; Ctrl-C ends the watching, not the run')
    .addHelpText('after', examples('kubemon status', 'kubemon status --watch'));
  actAsClient<StatusAnswer | WatchedRun>(status, surroundings, {
    ask: async (client, _, signal) => {
      const answer = await client.status();
      if (status.opts<{ watch?: boolean }>().watch !== true) return answer;
      if (answer.recording === undefined) throw new Failure(`${answer.message} There is no run to watch.`);
      return watched(client, answer.recording.run, status, signal);
    },
    show: (answer) => ('manifest' in answer ? showWatched(answer) : showStatus(answer)),
    showJson: watchedJson,
    failure: (answer) => ('manifest' in answer ? failureOf(answer) : undefined),
  });

  const mark = program
    .command('mark')
    .argument('<label...>', 'what happens at this moment')
    .description('name this moment of the run: marks.csv')
    .addHelpText('after', examples('kubemon mark load begins', "kubemon mark 'node2 is drained'"));
  actAsClient(mark, surroundings, {
    ask: (client, { args }) => client.mark(args.join(' ')),
    show: ({ message }) => plain(message),
  });
}

function addLabel(text: string, labels: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('It must be KEY=VALUE.');
  return { ...labels, [key]: value };
}

function watched(
  client: RecorderClient,
  run: string,
  command: Command,
  signal: AbortSignal,
): Promise<WatchedRun> {
  if (isJson(command)) return watchRun(client, run, jsonView(), signal);
  say(paint('dim', `Watching ${run}: Ctrl-C ends the watching, not the run ("kubemon stop" does).`));
  return watchRun(client, run, createWatchView(process.stdout), signal);
}

function showWatched({ manifest, path }: WatchedRun): string {
  return `\n${summary(manifest, path)}`;
}

/** Of a run that was watched a line: one for each status came before. */
function watchedJson(answer: object): string {
  return 'manifest' in answer ? jsonLine(answer) : json(answer);
}

function failureOf({ manifest, problem }: WatchedRun): string | undefined {
  if (manifest.state === 'interrupted') return `Run ${manifest.run} was interrupted: nobody goes on with it.`;
  return problem;
}

async function showStop({ message, run, path }: StopAnswer, client: RecorderClient): Promise<string> {
  const { manifest } = await client.run(run);
  return `${plain(message)}\n\n${summary(manifest, path)}`;
}
