import { expect, test } from 'vitest';
import { createLives } from '../../../recorder/run/lives.ts';
import { createAnswerParser } from '../../../recorder/scrape/exposition.ts';

/** A daemon whose expositions are shown to the lives of its target, a tick a second. */
function daemon() {
  const parse = createAnswerParser({ role: 'daemon', maxSamples: 1000 });
  const lives = createLives('one');
  let tick = 999;
  return {
    alive: () => lives.alive().map(({ containerId, born }) => ({ containerId, born })),
    shows: (...lines: readonly string[]) => {
      const answer = parse(Buffer.from(`${lines.join('\n')}\n`));
      const { events, ended } = lives.next(answer, ++tick, 'node1');
      return {
        events: events.map(({ kind, subject, detail }) => [kind, subject, detail]),
        ended: ended.map(({ containerId, born, died }) => ({ containerId, born, died })),
        raw: events,
      };
    },
  };
}

const web = 'namespace="shop",pod="front-1",container="web",container_id="0123456789ab"';
const worker = 'namespace="",pod="",container="",container_id="abcdef012345"';

function container(labels: string, start: number, cpu: number): string {
  return [
    `kubemon_container_cpu_usage_seconds_total{${labels}} ${cpu}`,
    `kubemon_container_start_time_seconds{${labels}} ${start}`,
  ].join('\n');
}

function process(labels: string, pid: number, start: number, cpu: number, comm = 'sh'): string {
  return [
    `kubemon_process_cpu_user_seconds_total{${labels},pid="${pid}",comm="${comm}"} ${cpu}`,
    `kubemon_process_start_time_seconds{${labels},pid="${pid}",comm="${comm}"} ${start}`,
  ].join('\n');
}

test('what the first answer shows was there before', () => {
  const one = daemon();
  expect(one.shows(container(web, 900.25, 1), process(web, 7, 900.25, 1)).events).toEqual([]);
  expect(one.alive()).toEqual([{ containerId: '0123456789ab', born: 900.25 }]);
});

test('containers and processes are born and die with the answers', () => {
  const one = daemon();
  one.shows(container(web, 900, 1), process(web, 7, 900, 1));
  const born = one.shows(
    container(web, 900, 1),
    process(web, 7, 900, 1),
    container(worker, 1000.5, 0),
    process(worker, 8, 1000.5, 0, 'work'),
  );
  expect(born.events).toEqual([
    ['container_born', 'abcdef012345', 'Container abcdef012345 is new.'],
    ['process_born', 'abcdef012345/8', 'Process work (pid 8) is new.'],
  ]);
  expect(born.raw[0]).toMatchObject({ timestamp: 1001, node: 'node1', target: 'one' });
  const died = one.shows(container(worker, 1000.5, 1), process(worker, 8, 1000.5, 1, 'work'));
  expect(died.events).toEqual([
    ['container_died', '0123456789ab', 'Container web of pod shop/front-1 is gone.'],
    ['process_died', '0123456789ab/7', 'Process sh (pid 7) is gone.'],
  ]);
  expect(died.ended).toEqual([{ containerId: '0123456789ab', born: 900, died: 1002 }]);
  expect(one.alive()).toEqual([{ containerId: 'abcdef012345', born: 1000.5 }]);
});

test('a container whose start is not known is born on the first tick that saw it', () => {
  const one = daemon();
  one.shows('kubemon_node_cpus 2');
  one.shows(`kubemon_container_pids{${web}} 3`);
  expect(one.alive()).toEqual([{ containerId: '0123456789ab', born: 1001 }]);
});

test('a container that becomes named is the same container', () => {
  const one = daemon();
  one.shows(container('namespace="",pod="",container="",container_id="0123456789ab"', 900, 1));
  expect(one.shows(container(web, 900, 2)).events).toEqual([]);
});

test('another command in the same process is no event', () => {
  const one = daemon();
  one.shows(process(web, 7, 900, 1, 'sh'));
  expect(one.shows(process(web, 7, 900, 1, 'nginx')).events).toEqual([]);
});

test('a pid that is used again is a death and a birth, and no reset', () => {
  const one = daemon();
  one.shows(process(web, 7, 900, 50, 'old'));
  expect(one.shows(process(web, 7, 1000.7, 0, 'new')).events).toEqual([
    ['process_died', '0123456789ab/7', 'Process old (pid 7) is gone.'],
    ['process_born', '0123456789ab/7', 'Process new (pid 7) is new.'],
  ]);
});

test('a container restarted between two answers ends one life and begins another', () => {
  const one = daemon();
  one.shows(container(web, 900, 50), process(web, 7, 900, 50));
  const { events, ended } = one.shows(container(web, 1000.5, 0.25), process(web, 9, 1000.5, 0.25));
  expect(events).toEqual([
    ['container_died', '0123456789ab', 'Container web of pod shop/front-1 is gone.'],
    ['process_died', '0123456789ab/7', 'Process sh (pid 7) is gone.'],
    ['container_born', '0123456789ab', 'Container web of pod shop/front-1 is new.'],
    ['process_born', '0123456789ab/9', 'Process sh (pid 9) is new.'],
    [
      'reset',
      '0123456789ab',
      'The container was restarted. container.csv: cpu_usage_seconds_total from 50 to 0.25.',
    ],
  ]);
  expect(ended).toEqual([{ containerId: '0123456789ab', born: 900, died: 1001 }]);
  expect(one.alive()).toEqual([{ containerId: '0123456789ab', born: 1000.5 }]);
});

test.each([
  ['another pid', 9],
  ['the same pid', 7],
])('a restart with %s shows even if the counters have passed those of before', (_, pid) => {
  const one = daemon();
  one.shows(container(web, 900, 1), process(web, 7, 900, 1));
  const { events } = one.shows(container(web, 1000.5, 2), process(web, pid, 1000.5, 2));
  expect(events.map(([kind]) => kind)).toEqual([
    'container_died',
    'process_died',
    'container_born',
    'process_born',
  ]);
});

test('the oldest process may end while the container lives on', () => {
  const one = daemon();
  one.shows(container(web, 900, 1), process(web, 7, 900, 1), process(web, 8, 950, 1));
  const { events } = one.shows(container(web, 950, 2), process(web, 8, 950, 1));
  expect(events).toEqual([['process_died', '0123456789ab/7', 'Process sh (pid 7) is gone.']]);
  expect(one.alive()).toEqual([{ containerId: '0123456789ab', born: 900 }]);
});

function node(bootId: string, idle: number, syscalls?: number, exporterStart = 500): string {
  return [
    `kubemon_node_info{hostname="h",kernel="6",boot_id="${bootId}",machine="x",cgroup_version="2",page_size="4096",clock_ticks="100"} 1`,
    `kubemon_node_cpu_seconds_total{mode="idle"} ${idle}`,
    ...(syscalls === undefined ? [] : [`kubemon_node_syscalls_total ${syscalls}`]),
    `process_start_time_seconds ${exporterStart}`,
  ].join('\n');
}

test('a counter that fell while nothing changed went back', () => {
  const one = daemon();
  one.shows(node('a', 12.5));
  expect(one.shows(node('a', 12.48)).events).toEqual([
    ['went_back', '', 'node.csv: cpu_idle_seconds_total from 12.5 to 12.48.'],
  ]);
});

test('a counter that fell after a boot was reset', () => {
  const one = daemon();
  one.shows(node('a', 12.5));
  expect(one.shows(node('b', 0.5)).events).toEqual([
    ['reset', '', 'The machine was booted again. node.csv: cpu_idle_seconds_total from 12.5 to 0.5.'],
  ]);
});

test('system calls are counted from the start of the exporter on', () => {
  const one = daemon();
  one.shows(node('a', 12.5, 900, 500));
  expect(one.shows(node('a', 13, 20, 1000)).events).toEqual([
    ['reset', '', 'The exporter was started again. node.csv: syscalls_total from 900 to 20.'],
  ]);
});

test('what the kernel lets fall as the exporter is started again went back all the same', () => {
  const one = daemon();
  one.shows(node('a', 12.5, 900, 500));
  expect(one.shows(node('a', 12.48, 20, 1000)).events).toEqual([
    ['reset', '', 'The exporter was started again. node.csv: syscalls_total from 900 to 20.'],
    ['went_back', '', 'node.csv: cpu_idle_seconds_total from 12.5 to 12.48.'],
  ]);
});

function eth0(bytes: number): string {
  return `kubemon_node_network_receive_bytes_total{interface="eth0"} ${bytes}`;
}

test('an interface that was gone in between is another one', () => {
  const one = daemon();
  one.shows('kubemon_node_cpus 2', eth0(100));
  expect(one.shows('kubemon_node_cpus 2').events).toEqual([]);
  expect(one.shows('kubemon_node_cpus 2', eth0(5)).events).toEqual([
    ['reset', 'eth0', 'It was gone in between. node_network.csv: network_receive_bytes_total from 100 to 5.'],
  ]);
  expect(one.shows('kubemon_node_cpus 2', eth0(6)).events).toEqual([]);
});

test('a start time that is no time does no harm', () => {
  const one = daemon();
  one.shows('kubemon_node_cpus 2');
  one.shows(`kubemon_container_start_time_seconds{${web}} NaN`);
  expect(one.alive()).toEqual([{ containerId: '0123456789ab', born: 1001 }]);
});
