import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { type Fault, type FailingDisk, failingDisk } from '../../support/failingDisk.ts';
import { journalRecords } from '../../support/journal.ts';
import { describeWith, needs } from '../../support/needs.ts';
import { type RecorderProcess, startRecorder } from '../../support/recorderProcess.ts';
import { readRun } from '../../support/runFolder.ts';
import { until } from '../../support/until.ts';
import { expectSound, expectWhole, ticksLostToDisk } from '../../support/wholeRun.ts';
import { closeAfterEach } from '../../recorder/run/closing.ts';
import { kubemon, loopbackExporter, machine } from '../../recorder/run/loopbackExporter.ts';

/** A recorder is started in each. */
vi.setConfig({ testTimeout: 120_000 });

describeWith([needs.compiler], 'a disk that fails', () => {
  const later = closeAfterEach();
  let outputDir: string;
  let disk: FailingDisk;
  let targets: Readonly<Record<string, string>>;
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kubemon-disk-'));
    later(() => {
      rmSync(folder, { recursive: true });
    });
    outputDir = join(folder, 'runs');
    mkdirSync(outputDir);
    disk = failingDisk(folder, outputDir);
    const exporter = await loopbackExporter(kubemon(machine('one')));
    later(exporter.close);
    targets = { one: exporter.url };
  });

  async function recorder(): Promise<RecorderProcess> {
    const started = await startRecorder(outputDir, targets, disk.environment);
    later(started.kill);
    return started;
  }

  /** A recorder whose run `test` has its first ticks. */
  async function recording(interval = 0.25): Promise<RecorderProcess> {
    const started = await recorder();
    await started.client.start('test', { interval });
    await started.more('done', interval < 0.5 ? 7 : 3);
    return started;
  }

  const path = (file = '') => join(outputDir, 'test', file);
  const traces = () => readdirSync(path()).filter((name) => name.startsWith('.'));

  test.each<readonly [string, string, readonly Fault[]]>([
    ['EIO', 'cannot be written', [{ call: 'write', error: 'EIO', file: 'node.csv' }]],
    ['EDQUOT', 'is over its quota', [{ call: 'write', error: 'EDQUOT' }]],
    [
      'EROFS',
      'is read-only',
      [
        { call: 'write', error: 'EROFS' },
        { call: 'open', error: 'EROFS' },
        { call: 'truncate', error: 'EROFS' },
      ],
    ],
    ['ENOSPC', 'takes half a row', [{ call: 'short', error: 'ENOSPC', file: 'process.csv' }]],
    [
      'EIO',
      'takes half a record of the journal and cuts off nothing',
      [
        { call: 'short', error: 'EIO', file: 'journal.jsonl' },
        { call: 'truncate', error: 'EIO' },
      ],
    ],
  ])(
    '%s: while it %s ticks are dropped whole and told, and recording resumes by itself',
    async (error, _, faults) => {
      const { client, get, more, metric } = await recording();
      await until('all is well', async () => (await get('/readyz')).status === 200);

      disk.fail(...faults);
      const problem = `Since 20.*Z: Ticks are dropped\\. Its rows could not be written: .*${error}: `;
      // In between a busy machine may hold the recorder up.
      await until('it is told', async () =>
        new RegExp(`^Recording test: .* ${problem}`).test((await client.status()).message),
      );
      await until('/readyz tells it', async () => {
        const { status, body } = await get('/readyz');
        return status === 503 && new RegExp(`^Run test is on\\. ${problem}`).test(String(body['message']));
      });
      const dropped = 'kubemon_recorder_ticks_total{state="dropped"}';
      const before = await metric(dropped);
      await more('dropped', 3);
      expect(await metric(dropped)).toBeGreaterThanOrEqual(before + 3);

      disk.fail();
      await more('done', 3);
      await until('all is well', async () => (await get('/readyz')).status === 200);
      const { verdict } = await client.stop();

      const tables = await expectWhole(path());
      const lost = ticksLostToDisk(tables);
      expect(lost.length).toBeGreaterThan(0);
      expect(lost.filter((detail) => !detail.includes(`${error}: `))).toEqual([]);
      const { planned, dropped: count } = tables.manifest.ticks;
      expect(verdict.reasons).toContainEqual(
        expect.stringMatching(`^${count} of ${planned} ticks were dropped\\. The first: `),
      );
    },
  );

  test.each<readonly [string, Fault]>([
    ['EMFILE', { call: 'open', error: 'EMFILE', file: '.run.json' }],
    ['EIO', { call: 'sync', error: 'EIO', file: '.run.json' }],
    ['EIO', { call: 'rename', error: 'EIO', file: '.run.json' }],
  ])(
    '%s: a run.json that cannot be written costs no tick, is told, and is written again',
    async (error, fault) => {
      const { client, get, more } = await recording();
      disk.fail(fault);
      await client.mark('a reason to write it');
      await until('it is told', async () => (await get('/readyz')).status === 503);
      const told = new RegExp(`^Recording test: .* Since 20.*Z: run\\.json could not be written: ${error}: `);
      await until('/status tells it', async () => told.test((await client.status()).message));
      await more('done', 3);
      disk.fail();
      await until('all is well', async () => (await get('/readyz')).status === 200);
      const { verdict } = await client.stop();
      const tables = await expectWhole(path());
      expect(ticksLostToDisk(tables)).toEqual([]);
      expect(tables.manifest.marks).toHaveLength(1);
      expect(verdict.reasons).toContainEqual(
        expect.stringMatching(`^run\\.json could not be written: ${error}: `),
      );
    },
  );

  const failure = (file: string) =>
    `${file} could not be made durable (EIO: i/o error, fdatasync): nothing more was written, and the run ended with what was synced before.`;

  test.each([
    ['node.csv', 1],
    ['node.csv', 0.2],
    ['journal.jsonl', 1],
    ['journal.jsonl', 0.2],
  ])(
    'a sync of %s that fails once ends the run, of an interval of %d s, with what was synced before',
    async (file, interval) => {
      const { client, idle, metric, output } = await recording(interval);
      disk.fail({ call: 'sync', error: 'EIO', file, times: 1 });
      const said = await idle();
      expect(said).toBe(
        `Nothing is recording. The last run was test. The recorder ended the run by itself: ${failure(file)}`,
      );

      const tables = await expectSound(path());
      const { manifest } = tables;
      expect(manifest.verdict.verdict).not.toBe('valid');
      expect(manifest.verdict.reasons).toContain(failure(file));
      expect(manifest.ticks.dropped).toBeGreaterThan(0);
      expect(journalRecords(readFileSync(path('journal.jsonl'), 'utf8')).at(-1)?.synced).toBe(true);
      expect((await client.status()).last).toMatchObject({ run: 'test', verdict: manifest.verdict });
      expect(await metric('kubemon_recorder_runs_failed_total')).toBe(1);
      expect(output()).toContain('the run cannot go on: its files cannot be made durable');
      expect(traces()).toEqual(['.resume.jsonl']);

      // The disk is well again: the next run is none the worse, and this one is over.
      await client.start('next', { interval: 0.2, for: 0.6 });
      await idle();
      expect(ticksLostToDisk(await expectWhole(join(outputDir, 'next')))).toEqual([]);
      expect((await expectSound(path())).manifest).toEqual(manifest);
    },
  );

  const interrupted =
    /^Nobody could go on with the run: it was stopped since its files could not be made durable/;

  test('one whose end run.json cannot tell is not gone on with by the next recorder, and nothing is written to it', async () => {
    const { idle, kill } = await recording();
    disk.fail(
      { call: 'sync', error: 'EIO', file: 'journal.jsonl' },
      { call: 'open', error: 'EROFS', file: '.run.json' },
    );
    expect(await idle()).toMatch(/ Its run\.json cannot be written: it is tried again\.$/);
    expect(traces()).toEqual([expect.stringMatching(/^\.resume\.failed\.\d+\.jsonl$/)]);
    await kill();
    disk.fail();
    const before = readFileSync(path('scrapes.csv'));
    const second = await recorder();
    expect((await second.client.status()).message).toBe('Nothing is recording.');
    expect(readFileSync(path('scrapes.csv'))).toEqual(before);
    const { manifest } = readRun(path());
    expect(manifest.state).toBe('interrupted');
    expect(manifest.verdict.reasons).toContainEqual(expect.stringMatching(interrupted));
    expect(traces()).toEqual(['.resume.jsonl']);
  });

  test('one that the disk let nothing be written of, nor cut, is told of and finished as soon as it can be', async () => {
    const { client, idle, metric } = await recording(0.2);
    // The rows of a tick and its record are written, and then nothing of it can be taken back.
    disk.fail(
      { call: 'sync', error: 'EIO', file: 'journal.jsonl', times: 1 },
      { call: 'truncate', error: 'EIO' },
      { call: 'open', error: 'EROFS', file: '.run.json' },
      { call: 'rename', error: 'EROFS' },
    );
    expect(await idle()).toContain(
      ` Until then nothing in ${path()} tells that the run was stopped, and a recorder that is started anew goes on with it: keep this one running, or delete the run.`,
    );
    expect(await metric('kubemon_recorder_runs_failed_total')).toBe(1);
    const untrusted = journalRecords(readFileSync(path('journal.jsonl'), 'utf8'));
    disk.fail();
    await until('run.json tells it', () => readRun(path()).manifest.state === 'stopped');
    const { manifest } = await expectSound(path());
    expect(manifest.verdict.reasons).toContain(failure('journal.jsonl'));
    expect(journalRecords(readFileSync(path('journal.jsonl'), 'utf8')).length).toBeLessThan(untrusted.length);
    expect((await client.runs()).runs).toMatchObject([{ run: 'test', state: 'stopped' }]);
  });

  test.each([
    ['asked to stop', (started: RecorderProcess) => started.client.stop()],
    ['asked to end and go on later', (started: RecorderProcess) => started.stop()],
  ])('a run that is %s when a sync fails is stopped, and over', async (_, ask) => {
    const started = await recording(2);
    // Its last rows are synced when it ends.
    disk.fail(
      { call: 'sync', error: 'EIO', file: 'events.csv' },
      { call: 'sync', error: 'EIO', file: '.resume.jsonl' },
    );
    await ask(started);
    const { manifest } = await expectSound(path());
    expect(manifest.verdict.reasons).toContainEqual(
      expect.stringContaining('could not be made durable (EIO: '),
    );
    disk.fail();
    await started.kill();
    const second = await recorder();
    expect((await second.client.status()).message).toBe('Nothing is recording.');
    expect((await expectSound(path())).manifest).toEqual(manifest);
  });

  test.each<readonly [Fault, number, RegExp]>([
    [
      { call: 'write', error: 'ENOSPC' },
      507,
      /^The folder of the run could not be made: ENOSPC: .* Make room\.$/,
    ],
    [{ call: 'open', error: 'EROFS' }, 503, /^The folder of the run could not be made: EROFS: /],
    [
      { call: 'sync', error: 'EIO', file: 'node.csv' },
      503,
      /^The folder of the run could not be made: node\.csv could not be made durable/,
    ],
  ])('a start is refused where its folder cannot be made: %o', async (fault, status, message) => {
    const { client } = await recorder();
    disk.fail(fault);
    await expect(client.start('test', {})).rejects.toMatchObject({
      status,
      message: expect.stringMatching(message) as unknown,
    });
    expect(readdirSync(outputDir)).toEqual([]);
    disk.fail();
    await client.start('test', { interval: 0.2 });
  });
});
