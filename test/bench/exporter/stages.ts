/**
 * A process that does what the exporter does for a scrape, but HTTP, and tells the CPU of each stage: for
 * each line on stdin one of JSON on stdout.
 */
import { createInterface } from 'node:readline';
import { createCollect } from '../../../exporter/collect.ts';
import { createExposition } from '../../../exporter/exposition.ts';
import { createGarbageCollection } from '../../../exporter/garbage.ts';
import { createLog } from '../../../exporter/serve/log.ts';
import { readSettings } from '../../../exporter/serve/settings.ts';
import { machineSettings } from '../../../exporter/settings.ts';
import { waitForNames } from '../../../exporter/source/openNames.ts';
import { openSources } from '../../../exporter/sources.ts';
import type { Stages } from './stagesProcess.ts';

const sources = await openSources(
  readSettings(machineSettings, {}, process.env),
  createLog('stages', 'warn'),
);
await waitForNames(sources.names);
const collect = createCollect(sources);
const exposition = createExposition(sources.tree.version === 1 ? 'v1' : 'v2', sources.machine);
const collectGarbage = createGarbageCollection();

let bytes = 0;
for await (const _ of createInterface(process.stdin)) {
  const start = cpu();
  const snapshot = collect();
  const collected = cpu();
  for (const piece of exposition(snapshot, 'text', false)) bytes += piece.length;
  const rendered = cpu();
  collectGarbage();
  const stages: Stages = {
    collecting: collected - start,
    rendering: rendered - collected,
    garbage: cpu() - rendered,
  };
  process.stdout.write(`${JSON.stringify(stages)}\n`);
}
sources.close();
process.exit(bytes > 0 ? 0 : 1);

/** Of all threads of this process, in seconds. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
