import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { describeWith, needs } from '../../support/needs.ts';
import { startRecorder } from '../../support/recorderProcess.ts';
import { until } from '../../support/until.ts';
import { expectSound, ticksLostToDisk } from '../../support/wholeRun.ts';
import { closeAfterEach } from '../../recorder/run/closing.ts';
import { kubemon, loopbackExporter, machine } from '../../recorder/run/loopbackExporter.ts';

vi.setConfig({ testTimeout: 60_000 });

/** From now on the process can open nothing: the next number is none that it may have. */
function allowNoMoreFiles(pid: number): void {
  const open = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let free = 0;
  while (open.has(free)) free++;
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${free}:`]);
}

describeWith([needs.prlimit], 'a recorder that has too many files open', () => {
  const later = closeAfterEach();

  test('loses no tick, tells that run.json could not be written, and writes it when it can', async () => {
    const outputDir = mkdtempSync(join(tmpdir(), 'kubemon-files-'));
    later(() => {
      rmSync(outputDir, { recursive: true });
    });
    const exporter = await loopbackExporter(kubemon(machine('one')));
    later(exporter.close);
    const { client, more, pid, output, kill } = await startRecorder(outputDir, { one: exporter.url });
    later(kill);
    await client.start('test', { interval: 0.5 });
    await more('done', 2);

    const path = join(outputDir, 'test');
    const rows = () => readFileSync(join(path, 'node.csv'), 'utf8').split('\n').length;
    allowNoMoreFiles(pid);
    // A connection that was there before is still answered; it may be another's that is not.
    const mark = () => client.mark('a reason to write run.json').catch(() => undefined);
    await until('it is told', async () => {
      await mark();
      return output().includes('run.json could not be written');
    });
    const before = rows();
    await until('ticks are written all the same', () => rows() >= before + 4, 20);
    execFileSync('prlimit', ['--pid', String(pid), '--nofile=1024:']);

    await until('run.json is written again', () => output().includes('run.json could be written again'), 20);
    const { verdict } = await client.stop();
    expect(ticksLostToDisk(await expectSound(path))).toEqual([]);
    expect(verdict.reasons).toContainEqual(
      expect.stringMatching(/^run\.json could not be written: EMFILE: too many open files/),
    );
  });
});
