import { shardFolderName } from '../shards/runFolderName.ts';
import type { PartFolder } from '../shards/partFolders.ts';
import { note } from './finding.ts';
import { readRunRecord } from './runRecord.ts';
import type { Verification } from './verification.ts';

/** A run that lies in the parts of its shards: what is found of a part is told of `shard=K/FILE`. */
export async function verifyParts(
  path: string,
  folders: readonly PartFolder[],
  verify: (folder: string) => Promise<Verification>,
): Promise<Verification> {
  const parts: Verification[] = [];
  for (const folder of folders)
    parts.push(inFolder(shardFolderName(folder.shard), await verify(folder.path)));
  const missing = await missingShards(folders);
  const run = parts.find((part) => part.run !== undefined)?.run;
  const state = (parts.find((part) => part.state !== 'stopped') ?? parts[0])?.state;
  const [least = ''] = parts.map(({ wholeTo }) => wholeTo ?? '').toSorted();
  return {
    path,
    ...(run !== undefined && { run }),
    ...(state !== undefined && { state }),
    isVerified: parts.every(({ isVerified }) => isVerified),
    ...(least !== '' && { wholeTo: least }),
    ticks: Math.max(...parts.map(({ ticks }) => ticks)),
    files: parts.flatMap(({ files }) => files),
    findings: [
      ...missing.map((shard) =>
        note(shardFolderName(shard), 'is not here: it was not verified, and nothing is known of its daemons'),
      ),
      ...parts.flatMap(({ findings }) => findings),
    ],
    untold: Object.fromEntries(parts.flatMap(({ untold }) => Object.entries(untold))),
  };
}

function inFolder(name: string, part: Verification): Verification {
  const named = (file: string): string => `${name}/${file}`;
  return {
    ...part,
    files: part.files.map((file) => ({ ...file, name: named(file.name) })),
    findings: part.findings.map((finding) => ({ ...finding, file: named(finding.file) })),
    untold: Object.fromEntries(Object.entries(part.untold).map(([file, count]) => [named(file), count])),
  };
}

/** As far as a run.json tells how many there are. */
async function missingShards(folders: readonly PartFolder[]): Promise<readonly number[]> {
  for (const { path } of folders) {
    const { shards } = (await readRunRecord(path, () => undefined)) ?? {};
    if (shards === undefined) continue;
    const all = Array.from({ length: shards }, (_, shard) => shard);
    return all.filter((shard) => !folders.some((folder) => folder.shard === shard));
  }
  return [];
}
