import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { journalRecords } from '../../support/journal.ts';
import { describeWith, needs } from '../../support/needs.ts';
import { type Fault, type FailingDisk, failingDisk } from '../../support/preload/failingDisk.ts';
import { readRun } from '../../support/runFolder.ts';
import { recordedTicks, soundRun } from '../../support/soundRun.ts';
import { until } from '../../support/until.ts';
import { closeAfterEach } from '../../recorder/run/closing.ts';
import { kubemon, loopbackExporter, machine } from '../../recorder/run/loopbackExporter.ts';
import { recorderProcess, type RecorderProcess } from './recorderProcess.ts';

/** A recorder is started in each. */
vi.setConfig({ testTimeout: 60_000 });

describeWith([needs.cc], 'a disk that fails', () => {
  const later = closeAfterEach();
  let outputDir: string;
  let disk: FailingDisk;
  let target: string;
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
    target = `one=${exporter.url}`;
  });

  async function recorder(): Promise<RecorderProcess> {
    const started = await recorderProcess({
      ...disk.environment,
      OUTPUT_DIR: outputDir,
      TARGETS: target,
    });
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
      expect((await get('/readyz')).status).toBe(200);

      disk.fail(...faults);
      await more('dropped', 3);
      const problem = `^Since 20.*Z: Ticks are dropped\\. Its rows could not be written: .*${error}: `;
      const status = await client.status();
      expect(status.message).toMatch(new RegExp(`^Recording test: .* ${problem.slice(1)}`));
      expect(status.recording?.problems?.[0]?.message).toContain(error);
      expect(await get('/readyz')).toMatchObject({
        status: 503,
        body: {
          message: expect.stringContaining(
            `Run test is on. ${status.message.slice(status.message.indexOf('Since'))}`.slice(0, 60),
          ) as unknown,
        },
      });
      expect(await metric('kubemon_recorder_ticks_total{state="dropped"}')).toBeGreaterThanOrEqual(3);

      disk.fail();
      await more('done', 3);
      expect((await client.status()).recording?.problems).toBeUndefined();
      expect((await get('/readyz')).status).toBe(200);
      const { verdict } = await client.stop();

      const tables = soundRun(path());
      const dropped = tables.rows('events.csv').filter(({ kind }) => kind === 'tick_dropped');
      expect(dropped.length).toBe(tables.manifest.ticks.dropped);
      // A busy machine may have held the recorder up, too.
      expect(dropped.filter(({ detail }) => detail?.includes(`${error}: `)).length).toBeGreaterThanOrEqual(3);
      const done = recordedTicks(tables);
      expect(dropped.filter(({ timestamp = '' }) => done.includes(timestamp))).toEqual([]);
      const { planned } = tables.manifest.ticks;
      expect(verdict.reasons).toContain(
        `${dropped.length} of ${planned} ticks were dropped. The first: ${dropped[0]?.detail}`,
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
      await until('it is told', async () => (await get('/readyz')).status === 503, 20);
      expect((await client.status()).message).toMatch(
        new RegExp(`^Recording test: .* Since 20.*Z: run\\.json could not be written: ${error}: `),
      );
      await more('done', 3);
      disk.fail();
      await until('all is well', async () => (await get('/readyz')).status === 200, 20);
      const { verdict } = await client.stop();
      const { manifest } = soundRun(path());
      expect(manifest.ticks.dropped).toBe(0);
      expect(manifest.marks).toHaveLength(1);
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

      const tables = soundRun(path());
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
      expect(soundRun(join(outputDir, 'next')).manifest.ticks.dropped).toBe(0);
      expect(soundRun(path()).manifest).toEqual(manifest);
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
    const all = ['write', 'sync', 'truncate', 'open', 'rename'] as const;
    // The rows of a tick and its record are written, and then all fails.
    disk.fail(
      { call: 'sync', error: 'EIO', file: 'journal.jsonl', times: 1 },
      ...all
        .map((call) => ({ call, error: 'EIO', file: 'journal.jsonl' }) as const)
        .filter(({ call }) => call === 'truncate'),
      { call: 'open', error: 'EROFS', file: '.run.json' },
      { call: 'rename', error: 'EROFS' },
    );
    expect(await idle()).toContain(
      ` Until then nothing in ${path()} tells that the run was stopped, and a recorder that is started anew goes on with it: keep this one running, or delete the run.`,
    );
    expect(await metric('kubemon_recorder_runs_failed_total')).toBe(1);
    const untrusted = journalRecords(readFileSync(path('journal.jsonl'), 'utf8'));
    disk.fail();
    await until('run.json tells it', () => readRun(path()).manifest.state === 'stopped', 20);
    const { manifest } = soundRun(path());
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
    const { manifest } = soundRun(path());
    expect(manifest.verdict.reasons).toContainEqual(
      expect.stringContaining('could not be made durable (EIO: '),
    );
    disk.fail();
    await started.kill();
    const second = await recorder();
    expect((await second.client.status()).message).toBe('Nothing is recording.');
    expect(soundRun(path()).manifest).toEqual(manifest);
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
