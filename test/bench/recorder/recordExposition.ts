import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../support/freePort.ts';
import { startKubemon } from './kubemon.ts';

const machine = fileURLToPath(new URL('../../../../test/fixtures/machine-v2', import.meta.url));

/**
 * What the real exporter shows of a machine made of files, its own series included: the same on every machine.
 * @returns the file that it is written to.
 */
export async function recordExposition(folder: string): Promise<string> {
  const port = await freePort();
  const settings = {
    MONITOR_PORT: String(port),
    LISTEN_ADDRESS: '127.0.0.1',
    PROCFS_PATH: join(machine, 'proc'),
    SYSFS_PATH: join(machine, 'sys'),
    FROM_K8S: 'false',
    DOCKER_HOST: `unix://${join(machine, 'no-docker.sock')}`,
  };
  const exporter = await startKubemon(['exporter'], settings, 'exporter started');
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    const path = join(folder, 'recorded.prom');
    writeFileSync(path, await answer.text());
    return path;
  } finally {
    await exporter.stop();
  }
}
