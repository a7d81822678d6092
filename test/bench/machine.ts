import { readFileSync } from 'node:fs';
import { availableParallelism, release, totalmem } from 'node:os';

/** One line: what the figures were measured on, and when. */
export function machineText(): string {
  const model = /^model name\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? process.arch;
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  const date = new Date().toISOString().slice(0, 10);
  return `${availableParallelism()} cores of ${model}, ${memory}, Linux ${release()}, Node.js ${process.versions.node}, ${date}`;
}
