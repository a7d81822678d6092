import type { Log } from '../../exporter/serve/log.ts';
import type { Manifest } from '../run/manifest.ts';
import { resumeRecording } from '../run/resumeRecording.ts';

/**
 * Ends a run that was stopped, but whose recorder ended before it had written all: nothing is scraped.
 * @throws as resumeRecording.
 */
export async function finishRun(outputDir: string, manifest: Manifest, log: Log): Promise<void> {
  const recording = await resumeRecording({
    manifest,
    outputDir,
    wall: () => Date.now() / 1000,
    connections: () => [],
    expected: () => manifest.expected,
    problems: () => [],
    log,
    onTick: () => undefined,
    onEnd: () => undefined,
  });
  const { manifest: finished, toldBy } = await recording.stop(0);
  if (toldBy !== 'run.json') throw new Error('run.json could not be written');
  const { verdict } = finished;
  const { path } = recording;
  log.info({ run: manifest.run, path, verdict: verdict.verdict, reasons: verdict.reasons }, 'run finished');
}
