import type { Log } from '../../exporter/serve/log.ts';
import type { RunFolder } from '../csv/folder.ts';
import { leaveStopTrace, removeStopTrace } from '../csv/stopTrace.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import type { Manifest } from './manifest.ts';
import { createManifestWriter, type ManifestWriter } from './manifestWriter.ts';
import type { Progress } from './progress.ts';

/** run.json in a run's folder. That it could not be written speaks against the run. */
export interface SavedManifest extends ManifestWriter {
  /**
   * As `saveNow`, of a run that is being stopped or is: where run.json cannot tell that, the folder does.
   * @param stop as in run.json.
   */
  saveStop(stop: string): Promise<boolean>;
}

export function createSavedManifest(run: {
  readonly name: string;
  readonly folder: RunFolder;
  readonly describe: () => Manifest;
  /** Seconds. */
  readonly now: () => number;
  readonly progress: Progress;
  readonly log: Log;
}): SavedManifest {
  const { name, folder, progress, log } = run;
  const writer = createManifestWriter({
    write: () => folder.writeManifest(run.describe()),
    now: run.now,
    onFailure: (error) => {
      const reason = messageOf(error);
      log.error({ run: name, reason }, 'run.json could not be written: it is tried again');
      progress.trouble(`run.json could not be written: ${reason}`);
    },
    onRecovery: () => {
      log.info({ run: name }, 'run.json could be written again');
    },
  });
  return {
    ...writer,
    saveStop: async (stop) => {
      const isWritten = await writer.saveNow();
      try {
        if (isWritten) await removeStopTrace(folder.path);
        else await leaveStopTrace(folder.path, stop);
      } catch (error) {
        const reason = messageOf(error);
        log.error({ run: name, reason }, 'the folder of the run cannot tell whether it was stopped');
      }
      return isWritten;
    },
  };
}
