import { accessSync, constants, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../support/freePort.ts';
import { type Program, type Server, startServer } from './server.ts';

/** From where the compiled benchmark lies: .bench/test/bench/exporter. */
const kubemon = fileURLToPath(new URL('../../../../dist/recorder/cli/main.js', import.meta.url));

/** Kubemon's exporter as it is built. */
export async function startKubemonExporter(name: string): Promise<Server> {
  const port = await freePort();
  return startServer({
    name,
    command: process.execPath,
    args: [kubemon, 'exporter'],
    env: { MONITOR_PORT: String(port), LISTEN_ADDRESS: '127.0.0.1', LOG_LEVEL: 'warn' },
    url: `http://127.0.0.1:${port}/metrics`,
    toInstall: 'npm run build',
  });
}

export const processExporter = 'process-exporter';
export const processExporterLean = 'process-exporter, lean';

/** The exporters of others. Each process is a group of process-exporter, so that it tells of each one. */
export async function startPeers(scratch: string): Promise<readonly Server[]> {
  const config = join(scratch, 'process-exporter.yml');
  writeFileSync(config, "process_names:\n  - name: '{{.PID}}'\n    cmdline: ['.+']\n");
  const each = (name: string, ...options: readonly string[]) =>
    peer(name, 'prometheus-process-exporter', (address) => [
      `-web.listen-address=${address}`,
      `-config.path=${config}`,
      ...options,
    ]);
  const starts = [
    peer('node_exporter', 'prometheus-node-exporter', (address) => [`--web.listen-address=${address}`]),
    each(processExporter),
    each(processExporterLean, '-threads=false', '-gather-smaps=false'),
    ...(isOnPath('cadvisor') ? [startCadvisor()] : []),
  ];
  const started = await Promise.allSettled(starts);
  const servers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = started.find((result) => result.status === 'rejected');
  if (failed === undefined) return servers;
  await Promise.all(servers.map(async ({ stop }) => stop()));
  throw failed.reason;
}

async function peer(
  name: string,
  command: string,
  args: (address: string) => readonly string[],
): Promise<Server> {
  const address = `127.0.0.1:${await freePort()}`;
  const program: Program = {
    name,
    command,
    args: args(address),
    url: `http://${address}/metrics`,
    toInstall: `install the package ${command}`,
  };
  return startServer(program);
}

/** It collects by itself, as often as it is told to. */
async function startCadvisor(): Promise<Server> {
  const port = await freePort();
  return startServer({
    name: 'cAdvisor',
    command: 'cadvisor',
    args: ['-listen_ip=127.0.0.1', `-port=${port}`, '-housekeeping_interval=1s', '-docker_only'],
    url: `http://127.0.0.1:${port}/metrics`,
    toInstall: 'install cAdvisor',
  });
}

function isOnPath(command: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
