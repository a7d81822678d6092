import { createWallClock } from '../../../exporter/serve/clock.ts';
import { type Exposition, kubemon, machine } from '../../recorder/run/loopbackExporter.ts';
import { http, type HostileTarget, type HostileTargets, recordedOrLate } from './target.ts';

const clock = createWallClock();

/** Looks like a kubemon exporter: its clock in the header, and this body. */
function daemon(body: Exposition, clockOffset = 0): HostileTarget['server'] {
  return http((request, response) => void kubemon(body, clockOffset)(request, response));
}

/** The same without waiting for `at`, and with any text for a clock. */
function tellingClock(time: () => string): HostileTarget['server'] {
  return http((_, response) => {
    response.setHeader('X-Kubemon-Clock', time()).end(machine('liar')(clock()));
  });
}

/** Grows on each scrape. */
function counted(make: (scrape: number) => string): Exposition {
  let scrape = 0;
  return (collectedAt) => machine('liar')(collectedAt) + make(scrape++);
}

function container(id: string): string {
  return `kubemon_container_pids{namespace="",pod="",container="c",container_id="${id}"} 1\n`;
}

function newContainers(scrape: number, count: number): string {
  return Array.from({ length: count }, (_, index) =>
    container((scrape * count + index).toString(16).padStart(12, '0')),
  ).join('');
}

/** Kubemon exporters that lie. */
export const daemons: HostileTargets = {
  'a clock that is none': { server: tellingClock(() => 'noon') },
  'a negative clock': { server: tellingClock(() => '-5') },
  'a clock an hour off': {
    server: tellingClock(() => String(clock() + 3600)),
    reason: /^The clock of a-clock-an-hour-off was 36\d+ ms .* ahead of the recorder's/,
  },
  'a clock that jumps': {
    server: tellingClock(() => String(clock() + 1e6 * Math.random())),
    reason: /^The clock of a-clock-that-jumps was \d+ ms .* ahead of the recorder's/,
  },
  'a kubemon series twice': {
    server: daemon(() => 'kubemon_node_load1 1\nkubemon_node_load1 2\n'),
    error: /^invalid: line 2: "kubemon_node_load1" is there twice$/,
  },
  'other labels than the table has': {
    server: daemon(counted(() => 'kubemon_node_load5{zone="b"} 1\nkubemon_container_pids 3\n')),
  },
  'a pid beyond all': {
    server: daemon(
      counted(() => `kubemon_process_threads{container_id="0123456789ab",pid="${'9'.repeat(400)}"} 1\n`),
    ),
  },
  "another node's name": { server: daemon(machine('good')) },
  'container ids that are none': {
    server: daemon(
      counted(() =>
        ['', '../..', '=cmd|1', 'a,"b', '\u202e'].map((id) => container(id.replaceAll('"', '\\"'))).join(''),
      ),
    ),
  },
  '50,000 new containers on each scrape': {
    server: daemon(counted((scrape) => newContainers(scrape, 50_000))),
    error: /^(too_many: line \d+: more than 50000 containers, processes and devices|timeout: )/,
  },
  '5,000 new containers on each scrape': {
    server: daemon(counted((scrape) => newContainers(scrape, 5000))),
    error: recordedOrLate,
  },
  'counters that go back on each scrape': {
    error: recordedOrLate,
    server: daemon(
      counted((scrape) =>
        Array.from({ length: 2000 }, (_, index) => {
          const id = index.toString(16).padStart(12, '0');
          return `kubemon_container_cpu_user_seconds_total{namespace="",pod="",container="c",container_id="${id}"} ${1e6 - scrape}\n`;
        }).join(''),
      ),
    ),
  },
  'another boot on each scrape': {
    server: daemon((collectedAt) =>
      machine('liar')(1e10 - collectedAt).replace('boot_id="b1"', `boot_id="${collectedAt}"`),
    ),
    reason: /^Counters were reset: \d+ \(events\.csv\)\. The first: The machine was booted again/,
  },
  'a description of a megabyte': {
    server: daemon((collectedAt) =>
      machine('liar')(collectedAt).replace('kernel="6.1.0"', `kernel="${'6'.repeat(1 << 20)}"`),
    ),
    error: /^too_large: line 1: it has more than 65536 bytes$/,
  },
};
