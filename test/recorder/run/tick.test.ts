import { expect, test } from 'vitest';
import { createConnection } from '../../../recorder/run/connection.ts';
import { scrapeTick } from '../../../recorder/run/tick.ts';
import type { Scrape, Scraper, ScrapeRequest } from '../../../recorder/scrape/request.ts';
import { handAlarm, type HandAlarm } from './handAlarm.ts';

interface Asked {
  readonly name: string;
  readonly sentAt: number;
  readonly request: ScrapeRequest;
  readonly answer: (exporterClock?: number) => void;
}

/** Requests are answered by hand. */
function handScraper(alarm: HandAlarm): Scraper & { readonly asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    scrape: ({ name }, request) =>
      new Promise<Scrape>((resolve) => {
        const requestedAt = alarm.now();
        const answer = (exporterClock?: number): void => {
          const clock = exporterClock === undefined ? {} : { exporterClock };
          const { signal } = new AbortController();
          const isLate = () => false;
          const release = () => undefined;
          const open = () => Promise.resolve({ text: Buffer.from('x 1\n'), release });
          const body = { open, isLate, signal, release };
          resolve({ requestedAt, answeredAt: requestedAt, bytes: 4, up: true, ...body, ...clock });
        };
        asked.push({ name, sentAt: requestedAt, request, answer });
      }),
    close: () => Promise.resolve(),
  };
}

function world(now: number) {
  const alarm = handAlarm(now);
  const scraper = handScraper(alarm);
  const connect = (name: string) =>
    createConnection(
      { name, node: name, url: `http://${name}:9822/metrics`, role: 'daemon' },
      { maxSamples: 1000, clock: () => alarm.now() },
    );
  /** A connection whose first answer told a clock that is so many seconds ahead. */
  const connectDaemon = async (name: string, ahead: number) => {
    const connection = connect(name);
    const probed = connection.ask(scraper, { deadline: alarm.now() + 1 });
    scraper.asked.pop()?.answer(alarm.now() + ahead);
    await probed;
    return connection;
  };
  return { alarm, scraper, connect, connectDaemon, options: { alarm, scraper, timeout: 0.8 } };
}

/** Lets everything happen that needs no time. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('a daemon is asked at once to collect at the tick, the deadline after it', async () => {
  const { scraper, connectDaemon, options } = world(999.5);
  const daemon = await connectDaemon('one', 0.1);
  const tick = scrapeTick(1000, [daemon], options);
  const [asked] = scraper.asked;
  expect(asked).toMatchObject({ sentAt: 999.5, request: { at: 1000, deadline: 1000.8 } });
  asked?.answer(999.6);
  expect(await tick).toMatchObject([{ up: true, role: 'daemon', node: 'one' }]);
});

test.each([
  // 0.005 s between them.
  [999.5, 100, [25, 50, 75, 100], 0.005],
  // Within a quarter of the time that is left.
  [999.9, 500, [25, 50, 75, 100], 0.00125],
])('many daemons are asked some at a time (at %d: %d)', async (now, count, sent, apart) => {
  const { alarm, scraper, connectDaemon, options } = world(now);
  const daemons = await Promise.all(
    Array.from({ length: count }, (_, index) => connectDaemon(`n${index}`, 0)),
  );
  const tick = scrapeTick(1000, daemons, options);
  for (const [turn, expected] of sent.entries()) {
    alarm.advanceTo(now + turn * apart + 1e-6);
    await settle();
    expect(scraper.asked).toHaveLength(expected);
  }
  alarm.advanceTo(now + (1000 - now) / 4);
  await settle();
  expect(scraper.asked.map(({ request: { at } }) => at)).toEqual(daemons.map(() => 1000));
  for (const { answer } of scraper.asked) answer(now);
  expect((await tick).map(({ up }) => up)).toEqual(daemons.map(() => true));
});

test('a target that is not known as a daemon is asked when the tick comes, without at', async () => {
  const { alarm, scraper, connect, options } = world(999.5);
  const tick = scrapeTick(1000, [connect('app')], options);
  await settle();
  expect(scraper.asked).toEqual([]);
  alarm.advanceTo(1000);
  await settle();
  expect(scraper.asked).toMatchObject([{ sentAt: 1000, request: { deadline: 1000.8 } }]);
  expect(scraper.asked[0]?.request).not.toHaveProperty('at');
  scraper.asked[0]?.answer();
  expect(await tick).toMatchObject([{ up: true, role: 'further', node: '' }]);
});

test.each([
  [0.4, true],
  // By its clock the tick has passed: it would collect at once, half a second too early.
  [0.6, false],
  [4.1, false],
  [-0.7, true],
  // It would answer after the deadline.
  [-0.9, false],
  [-4.1, false],
])('with a clock %d s ahead, at is used: %s', async (ahead, used) => {
  const { alarm, scraper, connectDaemon, options } = world(999.5);
  const daemon = await connectDaemon('one', ahead);
  const tick = scrapeTick(1000, [daemon], options);
  await settle();
  alarm.advanceTo(1000);
  await settle();
  expect(scraper.asked[0]?.request.at).toBe(used ? 1000 : undefined);
  scraper.asked[0]?.answer(1000);
  await tick;
});

test('a target that still answers the last tick is asked as soon as it is free', async () => {
  const { alarm, scraper, connectDaemon, options } = world(999.5);
  const daemon = await connectDaemon('slow', 0);
  const first = scrapeTick(1000, [daemon], options);
  alarm.advanceTo(1000.5);
  const second = scrapeTick(1001, [daemon], options);
  await settle();
  expect(scraper.asked).toHaveLength(1);
  alarm.advanceTo(1000.7);
  scraper.asked[0]?.answer(999.5);
  await first;
  await settle();
  expect(scraper.asked[1]).toMatchObject({ sentAt: 1000.7, request: { at: 1001, deadline: 1001.8 } });
  scraper.asked[1]?.answer(1000.7);
  expect(await second).toMatchObject([{ up: true }]);
});

test('what a target tells of its clock while it is waited for counts for the next tick', async () => {
  const { alarm, scraper, connectDaemon, options } = world(999.5);
  const daemon = await connectDaemon('stepped', 0);
  const first = scrapeTick(1000, [daemon], options);
  alarm.advanceTo(1000.5);
  const second = scrapeTick(1001, [daemon], options);
  alarm.advanceTo(1000.8);
  scraper.asked[0]?.answer(997.5);
  await first;
  await settle();
  alarm.advanceTo(1001);
  await settle();
  expect(scraper.asked[1]).toMatchObject({ sentAt: 1001 });
  expect(scraper.asked[1]?.request).not.toHaveProperty('at');
  scraper.asked[1]?.answer(999.2);
  expect(await second).toMatchObject([{ up: true }]);
});

test('a target that is still busy when the tick comes is missed, the others are not', async () => {
  const { alarm, scraper, connectDaemon, options } = world(999.5);
  const stuck = await connectDaemon('stuck', 0);
  const fine = await connectDaemon('fine', 0);
  const first = scrapeTick(1000, [stuck], { ...options, timeout: 5 });
  alarm.advanceTo(1000.5);
  const second = scrapeTick(1001, [stuck, fine], { ...options, timeout: 5 });
  await settle();
  scraper.asked[1]?.answer(1000.5);
  alarm.advanceTo(1001);
  expect(await second).toMatchObject([
    { up: false, error: 'busy: the last request is still not answered' },
    { up: true, target: { name: 'fine' } },
  ]);
  expect(scraper.asked.map(({ name }) => name)).toEqual(['stuck', 'fine']);
  scraper.asked[0]?.answer();
  await first;
});
