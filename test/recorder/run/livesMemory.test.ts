import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createLives } from '../../../recorder/run/lives.ts';
import { createAnswerParser } from '../../../recorder/scrape/exposition.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

/** Of what is in use, in bytes. */
function heapUsed(): number {
  if (typeof collectGarbage === 'function') Reflect.apply(collectGarbage, undefined, []);
  return getHeapStatistics().used_heap_size;
}

/** A megabyte, in which one container and its interface are other ones on every tick. */
function body(tick: number): Buffer {
  const id = `container_id="${tick.toString(16).padStart(12, '0')}"`;
  const labels = `namespace="",pod="",container="",${id}`;
  const steady = Array.from(
    { length: 8000 },
    (_, index) => `steady_of_a_further_kind{index="${index}",and="so that the body is long"} ${tick}`,
  );
  return Buffer.from(
    [
      ...steady,
      `kubemon_container_cpu_usage_seconds_total{${labels}} ${1_000_000 + tick}.123456789`,
      `kubemon_container_start_time_seconds{${labels}} ${1_700_000_000 + tick}.25`,
      `kubemon_container_network_receive_bytes_total{${labels},interface="eth0"} ${10 ** 14 + tick}`,
      '',
    ].join('\n'),
  );
}

test('containers that are gone keep no answer in memory', { timeout: 60_000 }, () => {
  const parse = createAnswerParser({ role: 'daemon', maxSamples: 100_000 });
  const lives = createLives('one');
  const show = (from: number, ticks: number) => {
    for (let tick = from; tick < from + ticks; tick++) lives.next(parse(body(tick)), tick, 'node1');
    return heapUsed();
  };
  const before = show(1000, 50);
  const after = show(1050, 200);
  expect(lives.alive()).toHaveLength(1);
  expect((after - before) / 200).toBeLessThan(20_000);
});
