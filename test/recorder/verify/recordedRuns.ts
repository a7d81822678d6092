import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Manifest } from '../../../recorder/run/manifest.ts';
import { until } from '../../support/until.ts';
import {
  foreign,
  kubemon,
  loopbackExporter,
  type LoopbackExporter,
  machine,
} from '../run/loopbackExporter.ts';
import { loopbackRecorder, type LoopbackRecorder } from '../run/loopbackRecorder.ts';

export interface RecordedRuns {
  /** A copy to damage, gone after the test: of a run that was stopped, or of one that is on. */
  copy(run: 'stopped' | 'open'): string;
  /** run.json of a copy. */
  manifest(copy: string): Manifest;
  /** It records `open`. */
  readonly recorder: LoopbackRecorder;
}

/**
 * Two real runs: one of every kind of rows, stopped, and one that is on. Once for all tests of a file.
 */
export function recordedRuns(): RecordedRuns {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-verify-'));
  const copies: string[] = [];
  const exporters: LoopbackExporter[] = [];
  let recorder: LoopbackRecorder;

  beforeAll(async () => {
    const one = await loopbackExporter(kubemon(machine('one')));
    const other = await loopbackExporter(foreign('app_requests_total{path="/a,b"} 7\n'));
    exporters.push(one, other);
    recorder = await loopbackRecorder({ one: one.url, other: other.url });
    const { control, outputDir } = recorder;
    const done = () => control.status().recording?.ticks.done ?? 0;
    await control.start({ run: 'stopped', interval: 0.25, labels: { load: 'high' } });
    await until('ticks are done', () => done() >= 3);
    control.mark('=load, "on"');
    // One container dies, another is born; the other target fails once.
    one.behave(kubemon(machine('one', ['abcdef012345', 'cccccccccccc'])));
    other.behave((_, response) => {
      response.writeHead(500).end();
    });
    await until('more ticks are done', () => done() >= 6);
    await control.stop();
    await control.start({ run: 'open', interval: 0.25 });
    await until('ticks are done', () => done() >= 3);
    control.mark('run.json is written');
    await until('more ticks are done', () => done() >= 9);
    // What the recorder writes is copied while it is written: the journal first.
    for (const first of ['run.json', 'journal.jsonl']) {
      cpSync(join(outputDir, 'open', first), join(folder, 'open', first));
    }
    cpSync(join(outputDir, 'open'), join(folder, 'open'), {
      recursive: true,
      filter: (source) => !/(run\.json|journal\.jsonl)$/.test(source),
    });
    cpSync(join(outputDir, 'stopped'), join(folder, 'stopped'), { recursive: true });
  }, 60_000);

  afterEach(() => {
    for (const copy of copies.splice(0)) rmSync(copy, { recursive: true });
  });

  afterAll(async () => {
    await recorder.close();
    for (const exporter of exporters) await exporter.close();
    rmSync(folder, { recursive: true });
  });

  return {
    copy: (run) => {
      const copy = mkdtempSync(join(tmpdir(), 'kubemon-verify-'));
      copies.push(copy);
      cpSync(join(folder, run), copy, { recursive: true });
      return copy;
    },
    manifest: (copy) =>
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the recorder under test
      JSON.parse(readFileSync(join(copy, 'run.json'), 'utf8')) as Manifest,
    get recorder() {
      return recorder;
    },
  };
}
