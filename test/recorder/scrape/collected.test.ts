import { expect, test } from 'vitest';
import { collect } from '../../../recorder/scrape/collected.ts';
import { emptyLayout } from '../../../recorder/scrape/layout.ts';
import { createPlaces } from '../../../recorder/scrape/place.ts';
import { createLineReader } from '../../../recorder/scrape/sampleLines.ts';

/** A hundred processes with this value each: how often there is a pause while they become rows, and the rows. */
function finish(value: string) {
  const series = (pid: number) =>
    `kubemon_process_cpu_user_seconds_total{container_id="c",pid="${pid}",comm="sh"}`;
  const body = Buffer.from(Array.from({ length: 100 }, (_, pid) => `${series(pid)} ${value}\n`).join(''));
  const collected = collect(body, 1000, emptyLayout());
  const lines = createLineReader(body);
  const placeOf = createPlaces('daemon');
  for (let at = 0, line = 1; at < body.length; line++) {
    const { sample, end } = lines.next(at, line);
    if (sample !== undefined) collected.add(placeOf(sample.raw, line), sample, line);
    at = lines.finish(end, line);
  }
  const steps = collected.finish(100);
  for (let pauses = 0; ; pauses++) {
    const step = steps.next();
    if (step.done === true) return { pauses, rows: step.value.answer.rows };
  }
}

test('rows of long values become text with more pauses', () => {
  const long = `0.${'1234567890'.repeat(6000)}`;
  expect(finish('0.5').pauses).toBe(0);
  const { pauses, rows } = finish(long);
  // 256 KiB at a time: five rows.
  expect(pauses).toBe(20);
  expect(rows).toHaveLength(100);
  expect(rows.filter(({ text }) => text.split(',').includes(long))).toHaveLength(100);
});
