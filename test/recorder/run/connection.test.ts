import { expect, onTestFinished, test } from 'vitest';
import { createWallClock } from '../../../exporter/serve/clock.ts';
import { type Connection, createConnection } from '../../../recorder/run/connection.ts';
import { createScraper, type Scraper } from '../../../recorder/scrape/request.ts';
import { foreign, kubemon, loopbackExporter, machine } from './loopbackExporter.ts';

const now = createWallClock();
const hour = 3600;

/** So many that they are read in several turns. */
const series = 20_000;
const body = Array.from({ length: series }, (_, index) => `requests_total{path="/${index}"} 1\n`).join('');

/** A connection to what answers with that body; its own clock is so many seconds ahead of the scraper's. */
async function connect(ahead: number): Promise<{ connection: Connection; scraper: Scraper }> {
  const exporter = await loopbackExporter(foreign(body));
  const scraper = createScraper({ clock: now, maxBytes: 1 << 26 });
  onTestFinished(async () => {
    await scraper.close();
    await exporter.close();
  });
  const target = { name: 'app', node: '', url: exporter.url, role: 'further' } as const;
  const clock = () => now() + ahead;
  return { connection: createConnection(target, { maxSamples: series, clock }), scraper };
}

test.each([hour, -hour])('a wall clock that was stepped by %d s makes no answer late', async (step) => {
  const { connection, scraper } = await connect(step);
  const outcome = await connection.ask(scraper, { deadline: now() + 60 });
  expect(outcome).toMatchObject({ up: true, answer: { samples: series } });
});

test('an answer that is not read by the deadline is missed', async () => {
  const { connection, scraper } = await connect(0);
  const late: Scraper = {
    ...scraper,
    scrape: async (...asked) => {
      const scrape = await scraper.scrape(...asked);
      return scrape.up ? { ...scrape, isLate: () => true } : scrape;
    },
  };
  expect(await connection.ask(late, { deadline: now() + 60 })).toMatchObject({
    up: false,
    error: `timeout: the answer could not be read by the deadline, it has ${body.length} bytes`,
  });
});

test('what was read of all collectors is known again after some of them were asked', async () => {
  const exporter = await loopbackExporter(kubemon(machine('one')));
  const scraper = createScraper({ clock: now, maxBytes: 1 << 20 });
  onTestFinished(async () => {
    await scraper.close();
    await exporter.close();
  });
  const target = { name: 'one', node: 'one', url: exporter.url, role: 'daemon' } as const;
  const connection = createConnection(target, { maxSamples: 1000, clock: now });
  const labels = async (collect?: readonly string[]) => {
    const outcome = await connection.ask(scraper, { deadline: now() + 60, ...(collect && { collect }) });
    return outcome.up ? outcome.answer.rows.map((row) => row.labels) : [];
  };
  const whole = await labels();
  expect(whole.length).toBeGreaterThan(5);
  exporter.behave((_, response) => {
    response.setHeader('X-Kubemon-Clock', String(now())).end('kubemon_node_memory_total_bytes 1\n');
  });
  expect(await labels(['node'])).toEqual([[]]);
  exporter.behave(kubemon(machine('one')));
  const again = await labels();
  expect(again).toHaveLength(whole.length);
  // The same objects: they were known.
  for (const [index, each] of again.entries()) expect(each).toBe(whole[index]);
});
