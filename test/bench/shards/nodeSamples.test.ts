import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { samplesOf } from './nodeSamples.ts';

test('what a node, a container and a process have in an exposition', () => {
  const text = `# HELP kubemon_node_load1 Load.
kubemon_node_load1 0.5
kubemon_node_disk_reads_completed_total{device="sda"} 7
kubemon_exporter_collection_seconds 0.1
kubemon_container_pids{namespace="",pod="",container="",container_id="a"} 2
kubemon_container_pids{namespace="",pod="",container="",container_id="b"} 1
kubemon_container_swap_bytes{namespace="",pod="",container="",container_id="b"} 0
kubemon_process_threads{namespace="",pod="",container="",container_id="a",pid="7",comm="x"} 1
kubemon_process_memory_size_bytes{namespace="",pod="",container="",container_id="a",pid="7",comm="x"} 1
kubemon_process_threads{namespace="",pod="",container="",container_id="a",pid="8",comm="pid=\\"7\\""} 1
`;
  expect(samplesOf(text)).toEqual({ node: 3, container: 1, process: 1 });
});

test('of a whole machine', () => {
  const golden = readFileSync(new URL('../../golden/machine-v2.prom', import.meta.url), 'utf8');
  expect(samplesOf(golden)).toEqual({ node: 112, container: 53, process: 24 });
});
