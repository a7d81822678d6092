import { createLog } from '../../../exporter/serve/log.ts';
import { readSettings } from '../../../exporter/serve/settings.ts';
import { type Recorder, startRecorder } from '../../../recorder/main.ts';
import { recorderSettings } from '../../../recorder/settings.ts';

/** A recorder in this process: starting another takes the emulated machine half a minute. */
export function startInProcess(outputDir: string, target: string): Promise<Recorder> {
  const environment = {
    RECORDER_PORT: '0',
    OUTPUT_DIR: outputDir,
    MIN_FREE_BYTES: '1',
    FROM_K8S: 'false',
    TARGETS: `here=${target}`,
  };
  return startRecorder(readSettings(recorderSettings, {}, environment), createLog('recorder', 'error'));
}
