import { freePort } from './freePort.ts';
import { startKubemon } from './kubemon.ts';
import { answers, until } from './until.ts';

export interface RunningExporter {
  readonly pid: number;
  /** host:port */
  readonly address: string;
  /** The text of /metrics. */
  scrape(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts `kubemon exporter` on a port of the loopback, a free one unless it is set, showing every device, and waits until it answers. */
export async function startExporter(
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningExporter> {
  const port = settings['MONITOR_PORT'] ?? String(await freePort());
  const address = `127.0.0.1:${port}`;
  const kubemon = startKubemon(['exporter'], {
    MONITOR_PORT: port,
    LISTEN_ADDRESS: '127.0.0.1',
    DISK_EXCLUDE: '^$',
    NETWORK_EXCLUDE: '^$',
    ...settings,
  });
  try {
    await until(`the exporter answers at ${address}`, async () => {
      if (kubemon.exitCode() !== undefined) throw new Error(`The exporter has ended: ${kubemon.output()}`);
      return answers(`http://${address}/healthz`);
    });
  } catch (error) {
    await kubemon.stop();
    throw error;
  }
  return {
    pid: kubemon.pid,
    address,
    scrape: async () => {
      const answer = await fetch(`http://${address}/metrics`);
      const text = await answer.text();
      if (!answer.ok) throw new Error(`http://${address}/metrics answers ${answer.status}: ${text}`);
      return text;
    },
    stop: async () => {
      await kubemon.stop();
    },
  };
}

/** URLs of /metrics by name, as a recorder takes them. */
export function urlsOf(exporters: Readonly<Record<string, RunningExporter>>): Record<string, string> {
  const urls: Record<string, string> = {};
  for (const [name, { address }] of Object.entries(exporters)) urls[name] = `http://${address}/metrics`;
  return urls;
}
