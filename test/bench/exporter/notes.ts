import type { SideBySide } from './sideBySide.ts';
import type { SizeCost } from './sizes.ts';

/** How it was measured, and what the figures do not say. */
export function notesOf(
  measured: readonly SideBySide[],
  sizes: readonly SizeCost[],
  openFiles: number,
): readonly string[] {
  const [first] = measured;
  const others =
    first === undefined
      ? 0
      : Math.max(...first.exporters.map(({ shown }) => shown.containers)) - first.size.containers;
  const files = Math.max(...sizes.map(({ floor }) => floor.files));
  return [
    'Every exporter is a process of its own, scraped over one kept connection; all take turns, once a round, and the order turns by one each round. A round begins every second, or when the last one has ended. CPU is that of all its threads, from schedstat (nanoseconds): all that it used over the rounds, also between the scrapes. What it uses when nobody scrapes is measured afterwards, when it has rested for some while: 8 s after the last scrape V8 looks through all of its memory, up to three times. Kubemon is there twice: one process answers plain text, the other gzip. Before the first round it is scraped sixty times in a row: until then V8 is still compiling what runs often.',
    'The floor is a program in C that holds the same files open, reads each of them at its turn, and throws the bytes away. It neither lists folders nor opens anything, as the exporter must: the cgroup tree, cgroup.procs and net/dev.',
    'Reading and parsing, and rendering, are the CPU (medians) of a process that has its turn in the same rounds and does with the same code what the exporter does, but HTTP. What is left to the CPU of the whole scrape is HTTP, the own metrics and collecting garbage. How far the samples of one scrape lie apart is kubemon_exporter_collection_seconds, of the exporter itself: wall time of its synchronous pass.',
    'In the idle fleet nothing moves. In the busy one every process computes, reads, writes and takes another amount of memory twice a second, so that most of what the kernel tells of it is new at each scrape.',
    'process-exporter has a group for each process, so that it tells of every single one, as kubemon does; lean is -threads=false -gather-smaps=false. It and node_exporter see all processes of the machine.',
    ...(others > 0
      ? [
          `Beside those of the benchmark ${others} other containers ran on this machine, and all exporters read them too.`,
        ]
      : []),
    'The table of sizes has stand-ins for containers: cgroups where Docker would make them, with idle processes in a network namespace of their own. They have no names, and no interface but lo.',
    ...(files > openFiles * 0.7
      ? [
          `This machine allows ${openFiles} open files, and the exporter holds three quarters of them; with ${files} files to read it opens the others for every read, which costs more than twice as much.`,
        ]
      : []),
  ];
}
