import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isoTime } from '../../../recorder/csv/rows.ts';
import { verifyFolder } from '../../../recorder/verify/verifyFolder.ts';
import { closeAfterEach } from './closing.ts';
import { kubemon, loopbackExporter, machine } from './loopbackExporter.ts';
import { loopbackRecorder } from './loopbackRecorder.ts';

const later = closeAfterEach();

async function recorder() {
  const exporter = await loopbackExporter(kubemon(machine('one')));
  later(exporter.close);
  const started = await loopbackRecorder({ one: exporter.url });
  later(started.close);
  return started;
}

/** A tick, so many seconds from now. */
function tickIn(seconds: number): number {
  return Math.ceil(Date.now() / 1000 + seconds);
}

test('a run begins on the tick that was agreed on, and ends behind the one that is told', async () => {
  const { control, ended, rows, outputDir } = await recorder();
  const first = tickIn(2);
  const stopped = ended();
  await control.start({ run: 'agreed', interval: 0.5 }, { first });
  control.endAfter(first + 1);
  const { manifest } = await stopped;
  const ticks = [first, first + 0.5, first + 1].map(isoTime);
  const recorded = (await rows('agreed', 'node.csv')).map(({ timestamp }) => timestamp);
  expect(recorded).not.toEqual([]);
  expect(ticks).toEqual(expect.arrayContaining(recorded));
  expect(manifest).toMatchObject({
    settings: { firstTick: ticks[0] },
    ticks: { planned: 3, done: recorded.length },
    interruptions: [],
  });
  expect((await verifyFolder(join(outputDir, 'agreed'))).findings).toEqual([]);
});

test('whoever comes late counts the ticks that it has lost, to the same end', async () => {
  const { control, ended, rows, outputDir } = await recorder();
  const first = tickIn(-3);
  const stopped = ended();
  await control.start({ run: 'late', interval: 1, for: 7 }, { first });
  const { manifest } = await stopped;
  const recorded = (await rows('late', 'node.csv')).map(({ timestamp }) => timestamp);
  expect(recorded.every((tick = '') => tick <= isoTime(first + 6))).toBe(true);
  const lost = manifest.interruptions[0]?.ticks ?? 0;
  expect(lost).toBeGreaterThanOrEqual(3);
  const gap = { from: isoTime(first), to: isoTime(first + lost), ticks: lost };
  expect(manifest).toMatchObject({
    start: isoTime(first),
    ticks: { planned: 7, done: recorded.length, dropped: 7 - recorded.length },
    interruptions: [gap],
    events: { gap: 1 },
  });
  expect((await rows('late', 'events.csv')).filter(({ kind }) => kind === 'gap')).toMatchObject([
    {
      timestamp: gap.to,
      subject: 'late',
      detail: `${lost} ticks were lost between ${gap.from} and ${gap.to}: the recorder joined the run late.`,
    },
  ]);
  expect((await verifyFolder(join(outputDir, 'late'))).findings).toEqual([]);
});

test('it is stopped before its first tick', async () => {
  const { control, outputDir } = await recorder();
  await control.start({ run: 'early', interval: 1 }, { first: tickIn(5) });
  const { ticks } = await control.stop();
  expect(ticks.planned).toBe(0);
  expect((await verifyFolder(join(outputDir, 'early'))).findings).toEqual([]);
});

test('an end that has passed is now', async () => {
  const { control, ended } = await recorder();
  const stopped = ended();
  await control.start({ run: 'passed', interval: 0.5 }, { first: tickIn(1) });
  control.endAfter(tickIn(-1));
  expect((await stopped).manifest.ticks.done).toBe(0);
});

test('a run is refused with fewer daemons than it was asked for with', async () => {
  const { control } = await recorder();
  const request = { run: 'few', daemons: 2 };
  const refusal = { status: 409, message: '2 daemon(s) expected. There are connected only 1.' };
  await expect(control.requireDaemons(request)).rejects.toMatchObject(refusal);
  await expect(control.start(request)).rejects.toMatchObject(refusal);
  await expect(control.requireDaemons({ run: 'few', daemons: 1 })).resolves.toBe(1);
});

test('more daemons than there are stay expected of a run that was asked for with them', async () => {
  const { control } = await recorder();
  await control.start({ run: 'expected', interval: 0.5, daemons: 2 }, { first: tickIn(1) });
  await control.stop();
  const { manifest } = await control.run('expected');
  expect(manifest.expected).toEqual({ count: 2, reason: 'the run was asked for with 2' });
  await expect(control.check({ run: 'expected' })).rejects.toMatchObject({
    status: 409,
    message: expect.stringContaining('Run expected exists in'),
  });
});
