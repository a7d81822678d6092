import type { StartRequest } from '../api.ts';
import { microseconds } from '../microseconds.ts';
import type { RunSettings } from '../run/manifest.ts';
import { leadOf } from '../run/schedule.ts';
import type { RecorderSettings } from '../settings.ts';

/** What a run is recorded with: what was asked for it, and the recorder's settings. */
export function settingsOf(request: StartRequest, settings: RecorderSettings): RunSettings {
  const intervalSeconds = request.interval ?? settings.collectInterval;
  return {
    intervalSeconds,
    timeoutSeconds: Math.min(settings.scrapeTimeout ?? microseconds(0.8 * intervalSeconds), intervalSeconds),
    leadSeconds: leadOf(intervalSeconds),
    ...(request.for !== undefined && { forSeconds: request.for }),
    numDaemons: settings.numDaemons,
    bodySizeLimit: settings.bodySizeLimit,
    sampleLimit: settings.sampleLimit,
  };
}
