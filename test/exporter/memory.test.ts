import { cpSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createCollect } from '../../exporter/collect.ts';
import { createExposition } from '../../exporter/exposition.ts';
import { copyMachine, openMachine } from './machine.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

/** Of what is in use, in bytes. */
function heapUsed(): number {
  if (typeof collectGarbage === 'function') Reflect.apply(collectGarbage, undefined, []);
  return getHeapStatistics().used_heap_size;
}

test(
  'neither memory nor held files grow while containers and processes come and go',
  { timeout: 60_000 },
  async () => {
    const machine = copyMachine('v2');
    const slice = join(machine, 'sys/fs/cgroup/system.slice');
    const scope = readdirSync(slice).find((name) => name.startsWith('docker-')) ?? '';
    let last = { cgroup: join(slice, scope), process: '' };
    const sources = await openMachine(machine);
    const collect = createCollect(sources);
    const render = createExposition('v2', sources.machine);

    /** The container and its process end, and others with other ids and names begin. */
    function replace(pass: number): void {
      const cgroup = join(slice, `docker-${String(pass).padStart(64, 'c')}.scope`);
      const process = join(machine, 'proc', String(100_000 + pass));
      renameSync(last.cgroup, cgroup);
      if (last.process === '') cpSync(join(machine, 'proc/3104'), process, { recursive: true });
      else renameSync(last.process, process);
      writeFileSync(join(cgroup, 'cgroup.procs'), `${100_000 + pass}\n`);
      writeFileSync(
        join(process, 'stat'),
        `1 (worker ${pass}) S${' 0'.repeat(18)} ${pass}${' 0'.repeat(30)}\n`,
      );
      last = { cgroup, process };
    }

    function scrape(passes: number, from: number): { heap: number; held: number; length: number } {
      let length = 0;
      for (let pass = from; pass < from + passes; pass++) {
        replace(pass);
        length = [...render(collect(), 'text')].join('').length;
      }
      return { heap: heapUsed(), held: sources.files.held, length };
    }

    scrape(300, 0);
    const before = scrape(10, 300);
    const after = scrape(1000, 310);
    sources.close();
    rmSync(machine, { recursive: true });
    expect(after.length).toBeGreaterThan(10_000);
    expect(after.held).toBe(before.held);
    // To keep the container or process of each pass would take more than a kilobyte.
    expect((after.heap - before.heap) / 1000).toBeLessThan(1000);
  },
);
