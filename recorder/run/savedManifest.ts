import type { Log } from '../../exporter/serve/log.ts';
import type { RunFolder } from '../csv/folder.ts';
import { leaveStopTrace, removeStopTrace, type StopTrace } from '../csv/stopTrace.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import type { Manifest } from './manifest.ts';
import { createManifestWriter, type ManifestWriter } from './manifestWriter.ts';
import type { RunProblem } from './runProblem.ts';

/** run.json in a run's folder. That it could not be written speaks against the run. */
export interface SavedManifest extends ManifestWriter {
  /** As `saveNow`, of a run that is being stopped or is: where run.json cannot tell that, the folder does. */
  saveStop(trace: StopTrace): Promise<StopToldBy>;
  /** Undefined: the last version could be written. */
  problem(): RunProblem | undefined;
}

/** What in a run's folder tells the next recorder that the run was stopped. */
export type StopToldBy = 'run.json' | 'a trace' | 'nothing';

export function createSavedManifest(run: {
  readonly name: string;
  readonly folder: RunFolder;
  readonly describe: () => Manifest;
  /** Seconds. */
  readonly now: () => number;
  /** What speaks against the run. */
  readonly onTrouble: (sentence: string) => void;
  readonly log: Log;
}): SavedManifest {
  const { name, folder, now, log } = run;
  let problem: RunProblem | undefined;
  const writer = createManifestWriter({
    write: () => folder.writeManifest(run.describe()),
    now,
    onFailure: (error) => {
      const reason = messageOf(error);
      const message = `run.json could not be written: ${reason}`;
      problem = { message: `${message}.`, since: now() };
      log.error({ run: name, reason }, 'run.json could not be written: it is tried again');
      run.onTrouble(message);
    },
    onRecovery: () => {
      problem = undefined;
      log.info({ run: name }, 'run.json could be written again');
    },
  });
  return {
    ...writer,
    problem: () => problem,
    saveStop: async (trace) => {
      const isWritten = await writer.saveNow();
      try {
        if (isWritten) await removeStopTrace(folder.path);
        else await leaveStopTrace(folder.path, trace);
      } catch (error) {
        const reason = messageOf(error);
        log.error({ run: name, reason }, 'the folder of the run cannot tell whether it was stopped');
        if (!isWritten) return 'nothing';
      }
      return isWritten ? 'run.json' : 'a trace';
    },
  };
}
