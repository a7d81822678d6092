import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { beforeEach, expect, test, vi } from 'vitest';
import { readSettings } from '../../../exporter/serve/settings.ts';
import { type Recorder, startRecorder } from '../../../recorder/main.ts';
import type { Manifest } from '../../../recorder/run/manifest.ts';
import { recorderSettings } from '../../../recorder/settings.ts';
import { describeWith, needs } from '../../support/needs.ts';
import { until } from '../../support/until.ts';
import { expectSound, expectWhole } from '../../support/wholeRun.ts';
import { apiCall } from '../server/apiCall.ts';
import { closeAfterEach } from './closing.ts';
import { kubemon, type LoopbackExporter, loopbackExporter, machine } from './loopbackExporter.ts';

/** The recorder tries again every two seconds what it could not write. */
vi.setConfig({ testTimeout: 30_000 });

describeWith([needs.mounts], 'a full disk', () => {
  const later = closeAfterEach();
  let outputDir: string;
  let one: LoopbackExporter;
  /** JSON, by line. */
  let logged: string[];

  beforeEach(async () => {
    outputDir = await mkdtemp(join(tmpdir(), 'kubemon-full-'));
    later(() => rm(outputDir, { recursive: true }));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', outputDir]);
    later(() => {
      execFileSync('umount', [outputDir]);
    });
    one = await loopbackExporter(kubemon(machine('one')));
    later(one.close);
    logged = [];
  });

  async function recorder(): Promise<Recorder> {
    const settings = readSettings(
      recorderSettings,
      {},
      { RECORDER_PORT: '0', OUTPUT_DIR: outputDir, MIN_FREE_BYTES: '1', TARGETS: `one=${one.url}` },
    );
    const log = pino({ level: 'info' }, { write: (line: string) => logged.push(line) });
    const started = await startRecorder(settings, log);
    let isEnded = false;
    const close = async () => {
      if (!isEnded) await started.close();
      isEnded = true;
    };
    later(close);
    return { ...started, close };
  }

  const ballast = () => join(outputDir, 'ballast');

  async function fill(): Promise<void> {
    const page = Buffer.alloc(4096);
    for (let isFull = false; !isFull;) {
      isFull = await appendFile(ballast(), page).then(
        () => false,
        () => true,
      );
    }
  }

  /** Begins a run; when it resolves, ticks of it are lost since the disk is full. */
  async function runOnFullDisk({ control }: Pick<Recorder, 'control'>): Promise<void> {
    await control.start({ run: 'test', interval: 0.2 });
    const counts = () => control.status().recording?.ticks;
    await until('ticks are done', () => (counts()?.done ?? 0) >= 2);
    await fill();
    await until('ticks are dropped', () => (counts()?.dropped ?? 0) >= 3);
  }

  async function runJson(): Promise<Manifest> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the recorder under test
    return JSON.parse(await readFile(join(outputDir, 'test', 'run.json'), 'utf8')) as Manifest;
  }

  async function hiddenFiles(): Promise<readonly string[]> {
    return (await readdir(join(outputDir, 'test'))).filter((name) => name.startsWith('.'));
  }

  /** Lines of the log that say so. */
  function told(message: string): readonly string[] {
    return logged.filter((line) => line.includes(`"msg":"${message}`));
  }

  const unwritten = expect.stringMatching(/^run\.json could not be written: ENOSPC: /) as unknown;

  test('a run that was stopped on it is finished by the next recorder, and not recorded on', async () => {
    const first = await recorder();
    await runOnFullDisk(first);
    const stopped = await apiCall(`http://127.0.0.1:${first.port}`, 'POST', '/stop');
    expect(stopped).toMatchObject({
      status: 200,
      body: { verdict: { reasons: expect.arrayContaining([unwritten]) as unknown } },
    });
    expect(await runJson()).toMatchObject({ state: 'recording' });
    await first.close();
    expect(await hiddenFiles()).toEqual([expect.stringMatching(/^\.resume\.stopped\.\d+\.jsonl$/)]);
    const stop = new Date(Number((await hiddenFiles())[0]?.split('.')[3])).toISOString();

    // Nothing can be finished yet, and nothing is recorded.
    const second = await recorder();
    expect(second.control.status().message).toMatch(/^Nothing is recording\./);
    expect(told('Run test was stopped, but cannot be finished now: it is tried again')).toHaveLength(1);

    // Making room is enough.
    const requests = one.requests.filter((query) => query.includes('?at=')).length;
    await rm(ballast());
    await until('the run is finished', async () => (await runJson()).state === 'stopped');
    const { manifest, rows } = await expectSound(join(outputDir, 'test'));
    const { done, dropped, planned } = manifest.ticks;
    expect(manifest).toMatchObject({ state: 'stopped', stop, interruptions: [] });
    expect(dropped).toBeGreaterThanOrEqual(3);
    expect({ done, planned }).toEqual({ done: rows('scrapes.csv').length / 2, planned: done + dropped });
    expect(stopped.body).toMatchObject({ ticks: { planned, done, dropped } });
    expect(manifest.verdict.reasons).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^\d+ of \d+ ticks were dropped\. /),
        'run.json could not be written when the run was stopped: the run was finished when the recorder was started again.',
      ]),
    );
    await until('it is told', () => told('run finished').length === 1);
    expect(second.control.current()).toBeUndefined();
    expect(one.requests.filter((query) => query.includes('?at='))).toHaveLength(requests);
    expect(await hiddenFiles()).toEqual(['.resume.jsonl']);
  });

  test('making room is enough: the last run.json is written then, while another run may be on', async () => {
    const { control } = await recorder();
    await runOnFullDisk({ control });
    const { verdict } = await control.stop();
    await rm(ballast());
    await control.start({ run: 'next', interval: 1 });
    await until('run.json is written', async () => (await runJson()).state === 'stopped');
    expect(control.current()).toBe('next');
    expect((await runJson()).verdict).toEqual(verdict);
    await until('it is told', () => told('the last run.json of the run could be written now').length === 1);
    expect(await hiddenFiles()).toEqual(['.resume.jsonl']);
    await expectSound(join(outputDir, 'test'));
    await control.stop();
    await expectWhole(join(outputDir, 'next'));
  });

  test('a run that was deleted and its name given to another is not written to', async () => {
    const { control } = await recorder();
    await runOnFullDisk({ control });
    await control.stop();
    await rm(ballast());
    await control.remove('test');
    await control.start({ run: 'test', interval: 0.2 });
    const { start } = (await control.run('test')).manifest;
    await until(
      'the last run.json would have been written',
      () => (control.status().recording?.elapsed ?? 0) > 3,
    );
    expect(await runJson()).toMatchObject({ state: 'recording', start });
    await control.stop();
    await expectWhole(join(outputDir, 'test'));
  });

  test('the log tells when ticks are lost, and when no more are, once each and without a stack', async () => {
    const { control } = await recorder();
    await runOnFullDisk({ control });
    const lost = () => control.status().recording?.ticks.dropped ?? 0;
    await rm(ballast());
    const done = control.status().recording?.ticks.done ?? 0;
    await until('ticks are written again', () => (control.status().recording?.ticks.done ?? 0) > done);
    expect(told('ticks are dropped from now on').map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { run: 'test', reason: expect.stringContaining('ENOSPC') as unknown },
    ]);
    expect(told('no more ticks are dropped').map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { dropped: lost() },
    ]);
    await fill();
    control.mark('a reason to write run.json');
    control.mark('and another');
    await control.stop();
    expect(told('run.json could not be written')).toHaveLength(1);
    expect(logged.join('')).not.toContain('"stack"');
  });
});
