import { expect, test } from 'vitest';
import type { RunFolder } from '../../../recorder/csv/folder.ts';
import type { Lines } from '../../../recorder/csv/rows.ts';
import type { Outcome } from '../../../recorder/run/connection.ts';
import { createProgress } from '../../../recorder/run/progress.ts';
import { createTickWriter } from '../../../recorder/run/tickWriter.ts';
import { createAnswerParser } from '../../../recorder/scrape/exposition.ts';

/** A folder on a disk that is full for some of the commits. */
function folderOnDisk(isFull: (tick: number) => boolean): RunFolder & { readonly committed: Lines[] } {
  let appended: Lines[] = [];
  const committed: Lines[] = [];
  return {
    path: '/run',
    committed,
    append: (lines) => {
      appended.push(lines);
    },
    commit: async (tick) => {
      const lines = appended;
      appended = [];
      await Promise.resolve();
      if (isFull(tick)) throw new Error('no space left on device');
      committed.push(...lines);
    },
    writeManifest: () => Promise.resolve(),
    files: () => [],
    close: () => {
      committed.push(...appended);
      return Promise.resolve();
    },
    cut: () => Promise.resolve(),
  };
}

const parse = createAnswerParser({ role: 'daemon', maxSamples: 1000 });

function showing(...containers: readonly string[]): Outcome {
  const lines = containers.map(
    (id) => `kubemon_container_pids{namespace="",pod="",container="",container_id="${id}"} 1\n`,
  );
  const target = { name: 'one', node: 'one', url: 'http://one/metrics', role: 'daemon' } as const;
  return { target, node: 'one', role: 'daemon', up: true, answer: parse(Buffer.from(lines.join(''))) };
}

function text(lines: readonly Lines[], file: string): string {
  return lines
    .filter((each) => each.file === file)
    .map((each) => each.text)
    .join('');
}

test('a tick that cannot be written is lost whole, but not what happened on it', async () => {
  const folder = folderOnDisk((tick) => tick === 2);
  const progress = createProgress();
  const writer = createTickWriter(folder, progress);
  await writer.write(1, [showing('aaaaaaaaaaaa')]);
  writer.mark({ timestamp: 1.5, label: 'load on' });
  await expect(writer.write(2, [showing('bbbbbbbbbbbb')])).rejects.toThrow('no space left on device');
  progress.dropped('The disk is full.');
  writer.note({
    timestamp: 2,
    kind: 'tick_dropped',
    node: '',
    target: 'recorder',
    subject: '',
    detail: 'Full.',
  });
  await writer.write(3, [showing('bbbbbbbbbbbb')]);
  await writer.end();

  expect(text(folder.committed, 'container.csv').match(/^[^,]*/gm)).toEqual([
    '1970-01-01T00:00:01.000Z',
    '1970-01-01T00:00:03.000Z',
    '',
  ]);
  expect(text(folder.committed, 'scrapes.csv')).not.toContain('00:00:02');
  expect(text(folder.committed, 'marks.csv')).toBe('1970-01-01T00:00:01.500Z,load on\n');
  expect(text(folder.committed, 'events.csv').match(/00:00:0\d\.000Z,\w+/g)).toEqual([
    '00:00:02.000Z,container_died',
    '00:00:02.000Z,container_born',
    '00:00:02.000Z,tick_dropped',
  ]);
  expect(text(folder.committed, 'containers.csv').match(/[ab]{12}.*/g)).toEqual([
    expect.stringMatching(/^aaaaaaaaaaaa,.*,1970-01-01T00:00:02\.000Z$/),
    expect.stringMatching(/^bbbbbbbbbbbb,.*,1970-01-01T00:00:02\.000Z,$/),
  ]);
  expect(progress.evidence()).toMatchObject({
    ticks: { planned: 3, done: 2, dropped: 1 },
    events: { container_died: 1, container_born: 1, tick_dropped: 1 },
  });
});

test('events are in the order of their ticks, also that of a tick that is dropped while one before it is waited for', async () => {
  const folder = folderOnDisk(() => false);
  const progress = createProgress();
  const writer = createTickWriter(folder, progress);
  const dropped = {
    kind: 'tick_dropped',
    node: '',
    target: 'recorder',
    subject: '',
    detail: 'Full.',
  } as const;
  await writer.write(1, [showing()]);
  writer.note({ ...dropped, timestamp: 4 });
  await writer.write(2, [showing('aaaaaaaaaaaa')]);
  await writer.write(3, [showing()]);
  expect(progress.evidence().events).not.toHaveProperty('tick_dropped');
  await writer.write(5, [showing('bbbbbbbbbbbb')]);
  writer.note({ ...dropped, timestamp: 7 });
  writer.note({ ...dropped, timestamp: 6 });
  await writer.end();
  expect(text(folder.committed, 'events.csv').match(/00:00:0\d\.000Z,\w+/g)).toEqual([
    '00:00:02.000Z,container_born',
    '00:00:03.000Z,container_died',
    '00:00:04.000Z,tick_dropped',
    '00:00:05.000Z,container_born',
    '00:00:06.000Z,tick_dropped',
    '00:00:07.000Z,tick_dropped',
  ]);
});
