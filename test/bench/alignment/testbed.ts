import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, startChild } from './child.ts';
import { type Link, longest } from './link.ts';

/** Exporters, and the proxy through which they are reached. */
export interface Testbed {
  /** Of the proxy, by target name. */
  readonly ports: Readonly<Record<string, number>>;
  /** Their /metrics, by target name. */
  readonly urls: Readonly<Record<string, string>>;
  /** Resolves when the link is like this, and what was under way before has arrived. */
  lay(link: Link): Promise<void>;
  stop(): Promise<void>;
}

/** @param clocks of the exporters by target name, in seconds ahead of this machine's. */
export async function startTestbed(clocks: Readonly<Record<string, number>>): Promise<Testbed> {
  const exporters: Child<readonly number[]> = startChild('exporters');
  const proxy: Child<{ ports: readonly number[] } | { link: Link }> = startChild('proxy');
  const stop = async () => {
    await Promise.all([exporters.stop(), proxy.stop()]);
  };
  let longestBefore = 0;
  try {
    const hidden = await exporters.ask<readonly number[]>(Object.values(clocks));
    const shown = await proxy.ask<readonly number[]>({ ports: hidden });
    const ports = Object.fromEntries(Object.keys(clocks).map((name, index) => [name, shown[index] ?? 0]));
    return {
      ports,
      urls: Object.fromEntries(
        Object.entries(ports).map(([name, port]) => [name, `http://127.0.0.1:${port}/metrics`]),
      ),
      lay: async (link) => {
        await proxy.ask({ link });
        await sleep(longestBefore);
        longestBefore = longest(link.outward) + longest(link.back);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
