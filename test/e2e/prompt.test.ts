import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixtureMachine } from '../recorder/cli/fixtureMachine.ts';
import { command } from '../recorder/cli/runKubemon.ts';
import { type RunningExporter, startExporter } from '../support/exporter.ts';
import { freePort } from '../support/freePort.ts';
import { describeWith, needs } from '../support/needs.ts';
import { type RecorderProcess, startRecorder } from '../support/recorderProcess.ts';
import { keys, onTerminal, type Terminal, type TerminalOptions } from '../support/terminal.ts';
import { until } from '../support/until.ts';

describeWith([needs.python3], 'the prompt on a terminal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-prompt-'));
  const state = join(folder, 'state');
  const history = join(state, 'kubemon', 'history');
  let exporter: RunningExporter;
  let port: number;
  let recorder: RecorderProcess;

  const startAgain = () =>
    startRecorder(
      join(folder, 'data'),
      { fixture: `http://${exporter.address}/metrics` },
      { RECORDER_PORT: String(port) },
    );

  beforeAll(async () => {
    exporter = await startExporter(fixtureMachine);
    port = await freePort();
    recorder = await startAgain();
  });
  afterAll(async () => {
    await recorder.kill();
    await exporter.stop();
    rmSync(folder, { recursive: true });
  });

  function prompt(options: Partial<TerminalOptions> = {}, ...args: readonly string[]): Terminal {
    return onTerminal([process.execPath, command, '--host', `127.0.0.1:${port}`, ...args], {
      folder,
      ...options,
      environment: { HOME: folder, XDG_STATE_HOME: state, ...options.environment },
    });
  }

  async function ready(
    options: Partial<TerminalOptions> = {},
    ...args: readonly string[]
  ): Promise<Terminal> {
    const terminal = prompt(options, ...args);
    await terminal.shows('>>> ');
    return terminal;
  }

  /** Ctrl-C, and the next prompt. */
  async function cancel(terminal: Terminal): Promise<void> {
    terminal.type(keys.ctrlC);
    await terminal.shows('^C\n>>> ');
  }

  test('waits for the recorder, and says why', async () => {
    await recorder.interrupt();
    const terminal = prompt();
    await terminal.shows('Waiting for recorder to be alive\n');
    await terminal.shows(`No recorder answers at http://127.0.0.1:${port} (connection refused).`);
    recorder = await startAgain();
    await terminal.shows('Recorder is alive!\n');
    await terminal.shows('>>> ');
    terminal.type(keys.ctrlD);
    expect(await terminal.ended).toBe(0);
  });

  test('takes the commands of the command line, and an error does not end it', async () => {
    const terminal = await ready();
    terminal.type('status\r');
    await terminal.shows('No. Nothing is recording.\n');
    await terminal.shows('>>> ');
    terminal.type("start told --interval 0.5 --label 'what=a load'\r");
    await terminal.shows('Starting 1 daemons and saving data at ');
    await terminal.shows('>>> ');
    terminal.type('start told\r');
    await terminal.shows('Already recording told: stop it first.\n');
    await terminal.shows('>>> ');
    terminal.type('statsu\r');
    await terminal.shows(
      "error: unknown command 'statsu'\n(Did you mean status?)\n(help lists the commands)\n",
    );
    await terminal.shows('>>> ');
    terminal.type("mark 'it begins\r");
    await terminal.shows('A quote is not closed');
    await terminal.shows('>>> ');
    terminal.type('recorder\r');
    await terminal.shows('"recorder" is not for the prompt: type kubemon recorder in a shell.\n');
    await terminal.shows('>>> ');
    terminal.type('kubemon stop\r');
    await terminal.shows('Stopped collector\n');
    await terminal.shows('>>> ');
    terminal.type('exit\r');
    expect(await terminal.ended).toBe(0);
    const { manifest } = await recorder.client.run('told');
    expect(manifest.labels).toEqual({ what: 'a load' });
  });

  test('completes commands, options, their values and the names of runs', async () => {
    const terminal = await ready();
    terminal.type(`stat${keys.tab}`);
    await terminal.shows('status ');
    await cancel(terminal);
    terminal.type('sta');
    // The first shows nothing, since nothing can be added; the next shows what is possible.
    await until('all that is possible is listed', () => {
      terminal.type(keys.tab);
      return /^start +status *$/m.test(terminal.text());
    });
    await cancel(terminal);
    terminal.type('fetch t');
    // Names of runs are waited for a second only, and the machine may be busy: then Tab is pressed again.
    const isCompleted = () => terminal.text().includes('fetch told ');
    await until('the name of the run is completed', async () => {
      terminal.type(keys.tab);
      await until('it is', isCompleted, 3).catch(() => undefined);
      return isCompleted();
    });
    await cancel(terminal);
    terminal.type(`summary told --so${keys.tab}`);
    await terminal.shows('--sort ');
    terminal.type(`m${keys.tab}`);
    await terminal.shows('memory ');
    await cancel(terminal);
    terminal.type(keys.ctrlD);
    expect(await terminal.ended).toBe(0);
  });

  test('keeps what was typed for the next one, but no token, for its owner only', async () => {
    const first = await ready({}, '--token', 'open sesame');
    for (const line of [
      'alive --token=hidden',
      'alive --tok"en" hidden',
      'alive --host "open sesame"',
      'alive ',
      'runs',
    ]) {
      first.type(`${line}\r`);
      await first.shows(line);
      await first.shows('>>> ');
    }
    first.type(keys.ctrlD);
    expect(await first.ended).toBe(0);
    const lines = readFileSync(history, 'utf8').split('\n');
    expect(lines.slice(-3)).toEqual(['alive ', 'runs', '']);
    expect(lines.filter((line) => /hidden|sesame/.test(line))).toEqual([]);
    expect(statSync(history).mode & 0o777).toBe(0o600);
    const second = await ready();
    second.type(`${keys.up}${keys.up}${keys.enter}`);
    await second.shows('>>> alive');
    await second.shows('Collector is alive!\n');
  });

  test('Ctrl-C breaks off the line, and the command that runs, but not the prompt', async () => {
    const terminal = await ready();
    terminal.type(`no such command${keys.ctrlC}`);
    await terminal.shows('^C\n>>> ');
    // What is typed ahead goes with it.
    terminal.type('start watched --interval 0.5 --watch\rstop\r');
    await terminal.shows('Watching watched: Ctrl-C ends the watching, not the run ("kubemon stop" does).');
    await terminal.shows('daemons 1 of 1 up');
    terminal.type(keys.ctrlC);
    await terminal.shows(
      'Run watched goes on: "kubemon status --watch" shows it again, "kubemon stop" ends it.\n',
    );
    await terminal.shows('>>> ');
    expect((await recorder.client.status()).recording?.run).toBe('watched');
    terminal.type('stop\r');
    await terminal.shows('Stopped collector\n');
    await terminal.shows('>>> ');
    terminal.type(keys.ctrlD);
    expect(await terminal.ended).toBe(0);
  });

  test('says that the recorder went away, and came back, and keeps the line that is being typed', async () => {
    const terminal = await ready();
    terminal.type('aliv');
    await terminal.shows('aliv');
    await recorder.interrupt();
    await terminal.shows('The recorder is away. No recorder answers at ');
    await terminal.shows('>>> aliv');
    terminal.type('e\r');
    await terminal.shows('No recorder answers at ');
    await terminal.shows('>>> ');
    recorder = await startAgain();
    await terminal.shows('Recorder is alive!\n');
    await terminal.shows('>>> ');
    terminal.type('alive\r');
    await terminal.shows('Collector is alive!\n');
    await terminal.shows('>>> ');
    terminal.type(keys.ctrlD);
    expect(await terminal.ended).toBe(0);
  });

  test('lines that are pasted together are run one after the other', async () => {
    const terminal = await ready();
    terminal.type('alive\rruns\rexit\r');
    await terminal.shows('Collector is alive!\n');
    await terminal.shows('told');
    expect(await terminal.ended).toBe(0);
  });

  test('tables fit the terminal as wide as it is by then', async () => {
    const terminal = await ready({ columns: 200 });
    terminal.type('daemons\r');
    await terminal.shows('5.15.0-105-generic');
    await terminal.shows('>>> ');
    terminal.resize(50, 20);
    const start = terminal.text().length;
    terminal.type('daemons\r');
    await terminal.shows('NAME');
    await terminal.shows('>>> ');
    const rows = terminal.text().slice(start).split('\n');
    const [titles = '', daemon = ''] = rows.slice(rows.findIndex((row) => row.startsWith('NAME')));
    expect(titles).toMatch(/^NAME +NODE +ADDRESS +STATE/);
    expect(daemon).toMatch(/^fixture +fixture +/);
    expect(Math.max(titles.length, daemon.length)).toBeLessThanOrEqual(50);
  });
});
