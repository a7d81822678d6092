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
  const { verdict } = (await recording.stop(0)).manifest;
  const { path } = recording;
  log.info({ run: manifest.run, path, verdict: verdict.verdict, reasons: verdict.reasons }, 'run finished');
}
