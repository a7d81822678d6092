import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What --cpu-prof writes. https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  /** Microseconds. */
  readonly endTime: number;
  readonly startTime: number;
  /** The node of each sample, and microseconds since the sample before. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** CPU of the main thread by file, the dearest first. */
export interface FileTime {
  readonly file: string;
  /** Of the time in which it was not idle. */
  readonly share: number;
}

/** The profile that a process left in a folder of its own. */
export function readProfile(folder: string): CpuProfile {
  const name = readdirSync(folder).find((each) => each.endsWith('.cpuprofile'));
  if (name === undefined) throw new Error(`Node.js has written no profile to ${folder}.`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Node.js writes it
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile;
}

/** @param seconds at the end of the profile: only they count. */
export function timeByFile(profile: CpuProfile, seconds: number): readonly FileTime[] {
  const files = new Map(profile.nodes.map(({ id, callFrame }) => [id, fileOf(callFrame)]));
  const since = profile.endTime - seconds * 1e6;
  const spent = new Map<string, number>();
  let now = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    const delta = profile.timeDeltas[index] ?? 0;
    now += delta;
    const file = files.get(id) ?? '';
    if (now > since && file !== '(idle)') spent.set(file, (spent.get(file) ?? 0) + delta);
  }
  const all = [...spent.values()].reduce((sum, time) => sum + time, 0);
  return [...spent]
    .map(([file, time]) => ({ file, share: time / all }))
    .toSorted((a, b) => b.share - a.share);
}

/** `recorder/scrape/exposition.js`, the name of a package, `node:zlib`, or what V8 calls its own. */
function fileOf({ functionName, url }: CpuProfile['nodes'][number]['callFrame']): string {
  if (url === '') return functionName.startsWith('(') ? functionName : '(built in)';
  const library = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  return library ?? /\/dist\/(.*)$/.exec(url)?.[1] ?? url;
}
