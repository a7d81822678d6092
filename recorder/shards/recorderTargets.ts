import { recorderTarget } from '../run/scrapeRecord.ts';
import { shardFolderName } from './runFolderName.ts';

/**
 * The target under which a recorder's own rows stand in a run that was merged: `recorder/shard=1`. No target of
 * discovery has such a name: none but the recorder's has a `=` in it.
 */
export function recorderOfShard(shard: number): string {
  return `${recorderTarget}/${shardFolderName(shard)}`;
}

/** Whether rows of that target are a recorder's own. */
export function isRecorder(target: string): boolean {
  return target === recorderTarget || target.startsWith(`${recorderTarget}/shard=`);
}
