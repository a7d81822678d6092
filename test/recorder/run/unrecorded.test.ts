import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLog } from '../../../exporter/serve/log.ts';
import { createWallClock } from '../../../exporter/serve/clock.ts';
import type { Recording, RecordingOptions } from '../../../recorder/run/recording.ts';
import { startRecording } from '../../../recorder/run/startRecording.ts';
import { until } from '../../support/until.ts';
import { closeAfterEach } from './closing.ts';

const later = closeAfterEach();
const settings = {
  intervalSeconds: 0.1,
  timeoutSeconds: 0.08,
  leadSeconds: 0.05,
  numDaemons: 0,
  bodySizeLimit: 1 << 20,
  sampleLimit: 1000,
};
const away = { message: 'The API is away.' };
const noPort = { message: 'The service shop/cart has no port named "web".', unrecorded: 'shop/cart:web' };
const noEndpoints = { message: 'The service shop/cart has no endpoints.', unrecorded: 'shop/cart:web' };
const refused = { message: 'The API refuses lab/db.', unrecorded: 'lab/db' };

async function record(problems: RecordingOptions['problems']): Promise<Recording> {
  const outputDir = await mkdtemp(join(tmpdir(), 'kubemon-unrecorded-'));
  later(() => rm(outputDir, { recursive: true }));
  return startRecording({
    run: 'test',
    labels: {},
    recorder: { host: 'lab', version: '0.1.0' },
    settings,
    outputDir,
    wall: createWallClock(),
    connections: () => [],
    expected: () => ({ count: 0, reason: 'TARGETS names 0' }),
    problems,
    log: createLog('test', 'fatal'),
    onTick: () => undefined,
    onEnd: () => undefined,
  });
}

/** The reasons of the verdict that discovery gives, their times as T. */
function told(recording: Recording): readonly string[] {
  return recording
    .manifest()
    .verdict.reasons.filter((reason) => reason.startsWith('As of '))
    .map((reason) => reason.replace(/20\d\d-[\d-]+T[\d:.]+Z/, 'T'));
}

async function twoTicks(recording: Recording): Promise<void> {
  const goal = recording.manifest().ticks.done + 2;
  await until('two more ticks are done', () => recording.manifest().ticks.done >= goal, 10);
}

test('what was asked for and is not recorded is a reason of the verdict, once and as it was last', async () => {
  let problems: ReturnType<RecordingOptions['problems']> = [away];
  const recording = await record(() => problems);
  await twoTicks(recording);
  expect(told(recording)).toEqual([]);

  problems = [away, noPort, refused];
  await twoTicks(recording);
  problems = [away, noEndpoints];
  await twoTicks(recording);
  problems = [];
  await twoTicks(recording);
  await recording.stop(1);
  expect(told(recording)).toEqual([
    'As of T: The service shop/cart has no endpoints.',
    'As of T: The API refuses lab/db.',
  ]);
});

test('what was put right before the first tick is none', async () => {
  let problems: ReturnType<RecordingOptions['problems']> = [noPort];
  const recording = await record(() => problems);
  problems = [];
  await twoTicks(recording);
  await recording.stop(1);
  expect(told(recording)).toEqual([]);
});
