import { basename } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import type { RunFile } from '../server/runFiles.ts';
import type { Peers } from './peers.ts';
import { shardFolderName } from './runFolderName.ts';

/** The files of a run that lie in other shards, one after the other as they come. @throws where one breaks off. */
export async function* peerFiles(
  peers: Peers,
  run: string,
  shards: readonly number[],
): AsyncGenerator<RunFile> {
  for (const shard of shards) {
    const entries = extract();
    const archive = Readable.fromWeb(await peers.download(shard, `/runs/${encodeURIComponent(run)}.tar.gz`));
    // Where one of them ends early all do: whoever asked may be gone. The entries throw why.
    pipeline(archive, createGunzip(), entries, () => undefined);
    for await (const entry of entries) {
      const { name: path, size, mtime } = entry.header;
      const name = `${shardFolderName(shard)}/${basename(path)}`;
      // Parts of others may lie on that claim, too: they come from their own shards.
      if (path === `${run}/${name}`) yield { name, size, mtime, content: entry };
      else entry.resume();
    }
  }
}
