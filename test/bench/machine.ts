import { readFileSync } from 'node:fs';
import { availableParallelism, release, totalmem } from 'node:os';
import { version } from '../../exporter/serve/version.ts';

/** A sentence: what the figures were measured on, with what, and when. */
export function machineText(): string {
  const model = /^model name\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? process.arch;
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  const date = new Date().toISOString().slice(0, 10);
  const software = `kubemon ${version}, Node.js ${process.versions.node}, Linux ${release()}`;
  return `Measured on ${date} with ${software}, on ${availableParallelism()} cores of ${model} with ${memory}.`;
}
