import { readFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { loopbackRecorder } from '../recorder/run/loopbackRecorder.ts';
import { kubemon, loopbackExporter, machine } from '../recorder/run/loopbackExporter.ts';
import { openPage } from '../support/browser.ts';
import { startExporter } from '../support/exporter.ts';
import { freePort } from '../support/freePort.ts';
import { describeWith, needs } from '../support/needs.ts';
import { startRecorder } from '../support/recorderProcess.ts';
import { temporaryFolder } from '../recorder/cli/temporaryFolder.ts';
import {
  chartOf,
  legend,
  pressAndConfirm,
  recorderOf,
  recordShortly,
  steadyMachine,
  tokenFile,
} from './page/recorded.ts';

describeWith([needs.browser], 'the page of the recorder', () => {
  test('a run from its start to its end, of a real machine, with every button', async () => {
    const exporter = await startExporter({ NODE_NAME: 'node-1' });
    onTestFinished(() => exporter.stop());
    const recorder = await startRecorder(temporaryFolder(), {
      'node-1': `http://${exporter.address}/metrics`,
    });
    onTestFinished(async () => {
      await recorder.stop();
    });
    const { page, faults } = await openPage(`http://${recorder.address}/`);
    await page.getByText('1 of 1 daemons are connected.').waitFor();
    await page.getByText('There is none yet. Start one above.').waitFor();

    expect(await page.getByLabel('Name of the run').inputValue()).toBe('test000');
    await page.getByLabel('Interval in seconds').fill('1');
    await page.getByLabel('Labels').fill('load=high');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText(/^Starting 1 daemons and saving data at /).waitFor();
    await page.getByRole('heading', { name: 'Recording' }).waitFor();
    await page.getByText(/^\d+ samples, skew /).waitFor();
    await chartOf(page, 'CPU of nodes')
      .getByRole('row', { name: /^node-1 \d+\.\d\d / })
      .waitFor();
    await chartOf(page, 'Memory of nodes')
      .getByRole('row', { name: /^node-1 \d.* [GM]iB / })
      .waitFor();
    expect(await chartOf(page, 'CPU of nodes').locator('canvas').count()).toBe(1);

    await page.getByLabel('Name this moment').fill('load on');
    await page.getByRole('button', { name: 'Mark' }).click();
    await page.getByText('Marked "load on".').waitFor();
    expect(await page.getByLabel('Name this moment').inputValue()).toBe('');

    await pressAndConfirm(page, 'Stop', 'Cancel');
    expect((await recorder.client.status()).recording?.run).toBe('test000');
    await pressAndConfirm(page, 'Stop', 'Stop recording');
    await page.getByText(/^Stopped collector: test000 is /).waitFor();
    expect(await page.getByLabel('Name of the run').inputValue()).toBe('test001');

    await page
      .getByRole('table', { name: 'Runs' })
      .getByRole('link', { name: 'test000', exact: true })
      .click();
    await page.getByRole('heading', { name: /^test000 / }).waitFor();
    await page.getByText('Label load').waitFor();
    await page.getByRole('cell', { name: 'load on' }).waitFor();
    await chartOf(page, 'CPU of nodes')
      .getByRole('row', { name: /^node-1 / })
      .waitFor();
    const [csv] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'node.csv', exact: true }).click(),
    ]);
    const text = await readFile(await csv.path(), 'utf8');
    expect(text).toBe(await (await fetch(`http://${recorder.address}/runs/test000/node.csv`)).text());
    const [archive] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download all as tar.gz' }).click(),
    ]);
    expect(archive.suggestedFilename()).toBe('test000.tar.gz');
    await pressAndConfirm(page, 'Delete run', 'Delete');
    await page.getByText('Deleted run test000.').waitFor();
    await page.getByText('There is none yet. Start one above.').waitFor();
    expect((await recorder.client.runs()).runs).toEqual([]);
    expect(faults).toEqual([]);
  });

  test('charts show what is in the CSV files, while they grow and afterwards', async () => {
    // On a busy machine a tick comes late, and what was used since the last one is more or less: here little of it.
    const recorder = await recorderOf(steadyMachine, { COLLECT_INTERVAL: '2' });
    const { page, faults } = await openPage(recorder.url);
    await recorder.control.start({ run: 'measured' });
    const one = expect.stringMatching(/^(0\.[6-9]|1\.[0-4])\d$/);
    const rate = expect.stringMatching(/^([6-9]\d|1[0-4]\d) B\/s$/);
    const wanted = {
      'CPU of nodes': { one: [one, one, one] },
      'Memory of nodes': { one: ['1 GiB', '1 GiB', '1 GiB'] },
      'Network of nodes': { 'one received': [rate, rate, rate] },
      'Containers by CPU': { 'web-0123456789ab': [one, one, one], 'web-abcdef012345': [one, one, one] },
      'Processes by CPU': {
        'sh 1 web-0123456789ab': [one, one, one],
        'sh 171 web-abcdef012345': [one, one, one],
      },
      // This machine tells nothing of its disks: then nothing is told, and not 0.
      'Disks of nodes': {},
    };
    const shown = async () =>
      Object.fromEntries(
        await Promise.all(
          Object.keys(wanted).map(async (chart) => [chart, await legend(page, chart)] as const),
        ),
      );
    await expect.poll(shown, { timeout: 60_000 }).toEqual(wanted);
    await chartOf(page, 'Disks of nodes').getByText('Nothing yet: a rate needs two ticks.').waitFor();
    await recorder.control.stop();
    await page.goto(`${recorder.url}/#/runs/measured`);
    await chartOf(page, 'Disks of nodes').getByText('There is none in this run.').waitFor();
    await expect.poll(shown, { timeout: 60_000 }).toEqual(wanted);
    expect(faults).toEqual([]);
  });

  test('a refusal is shown as the sentence that the API says', async () => {
    const recorder = await recorderOf();
    await recordShortly(recorder, 'taken');
    const { page, faults } = await openPage(recorder.url);
    const alert = page.getByRole('alert');
    const start = async (run: string) => {
      await page.getByLabel('Name of the run').fill(run);
      await page.getByRole('button', { name: 'Start' }).click();
    };
    await page.getByLabel('Name of the run').waitFor();
    await start('a b');
    await alert.getByText('"a b" cannot be the name of a run: it must match').waitFor();
    await start('taken');
    await alert.getByText('Run taken exists').waitFor();
    await page.getByLabel('For how long').fill('soon');
    await start('new');
    await alert.getByText('for is "soon", but it must be a duration').waitFor();
    await page.getByLabel('For how long').fill('');
    await page.getByLabel('Labels').fill('high');
    await start('new');
    await alert.getByText('"high" is no label: write KEY=VALUE').waitFor();
    await page.getByLabel('Labels').fill('');
    // Somebody else was faster.
    await page.route('**/start?*', async (route) => {
      await recorder.control.start({ run: 'faster' });
      await route.continue();
    });
    await start('new');
    await alert.getByText('Already recording').waitFor();
    await page.getByRole('link', { name: 'faster' }).first().waitFor();
    await page.goto(`${recorder.url}/#/runs/none`);
    await page.getByText('There is no run "none": GET /runs lists them.').waitFor();
    expect(faults).toEqual([]);
  });

  test('a token is asked for when it is needed, and again when it is wrong', async () => {
    const recorder = await recorderOf(steadyMachine, { AUTH_TOKEN_FILE: await tokenFile('secret') });
    const { page, faults } = await openPage(recorder.url);
    const dialog = page.getByRole('dialog', { name: 'Token of the recorder' });
    await page.getByRole('button', { name: 'Start' }).click();
    await dialog.getByText('This call needs the token').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('alert').getByText('This call needs the token').waitFor();
    await page.getByRole('button', { name: 'Start' }).click();
    await dialog.getByLabel('Token').fill('secreT');
    await dialog.getByRole('button', { name: 'Use token' }).click();
    await dialog.getByText('The token is wrong.').waitFor();
    await dialog.getByLabel('Token').fill('secret');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Recording' }).waitFor();
    await pressAndConfirm(page, 'Stop', 'Stop recording');
    await page.getByText(/^Stopped collector: test000 is /).waitFor();
    expect(faults).toEqual([]);
  });

  test('with AUTH_ALL nothing is shown without the token, and all with it, downloads too', async () => {
    const recorder = await recorderOf(steadyMachine, {
      AUTH_TOKEN_FILE: await tokenFile('secret'),
      AUTH_ALL: 'true',
    });
    await recordShortly(recorder, 'guarded');
    const { page, faults } = await openPage(recorder.url);
    const dialog = page.getByRole('dialog', { name: 'Token of the recorder' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('The recorder needs its token.').waitFor();
    expect(await page.getByRole('main').innerText()).not.toContain('guarded');
    await page.getByRole('button', { name: 'Enter token' }).click();
    await dialog.getByLabel('Token').fill('secret');
    await dialog.getByRole('button', { name: 'Use token' }).click();
    const [archive] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'tar.gz of guarded' }).click(),
    ]);
    expect(archive.suggestedFilename()).toBe('guarded.tar.gz');
    expect((await readFile(await archive.path())).subarray(0, 2).toString('hex')).toBe('1f8b');
    expect(faults).toEqual([]);
  });

  test('says when the recorder is away, and goes on when it is back', async () => {
    const exporter = await loopbackExporter(kubemon(machine('one')));
    onTestFinished(exporter.close);
    const settings = {
      RECORDER_PORT: String(await freePort()),
      OUTPUT_DIR: temporaryFolder(),
      COLLECT_INTERVAL: '0.5',
    };
    const before = await loopbackRecorder({ one: exporter.url }, settings);
    await before.control.start({ run: 'long' });
    const { page, faults } = await openPage(before.url);
    await page.getByRole('link', { name: 'long' }).first().waitFor();
    const rows = () => legend(page, 'Containers by CPU');
    await expect.poll(async () => Object.keys(await rows()), { timeout: 60_000 }).toHaveLength(2);
    await before.suspend();
    await page.getByText('The recorder does not answer. Trying again…').waitFor();
    const after = await loopbackRecorder({ one: exporter.url }, settings);
    onTestFinished(() => after.suspend());
    await page.getByText('connected', { exact: true }).first().waitFor();
    await page
      .getByText(/The recorder was away|interrupt/i)
      .first()
      .waitFor();
    const ticks = () => after.control.status().recording?.ticks.done ?? 0;
    const then = ticks();
    await expect.poll(ticks, { timeout: 60_000 }).toBeGreaterThan(then + 2);
    // They are made anew meanwhile.
    await expect.poll(async () => Object.keys(await rows()), { timeout: 60_000 }).toHaveLength(2);
    await after.control.stop();
    await page.getByText(/^Stopped collector: long is /).waitFor();
    expect(faults).toEqual([]);
  });
});
