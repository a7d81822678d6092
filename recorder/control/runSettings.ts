import { isoTime } from '../csv/rows.ts';
import { microseconds } from '../microseconds.ts';
import type { RunSettings } from '../run/manifest.ts';
import { leadOf } from '../run/schedule.ts';
import type { RecorderSettings } from '../settings.ts';
import type { AgreedStart, RunRequest } from './runRequest.ts';

/** What a run is recorded with: what was asked for it, and the recorder's settings. */
export function settingsOf(
  request: RunRequest,
  settings: RecorderSettings,
  agreed?: AgreedStart,
): RunSettings {
  const intervalSeconds = request.interval ?? settings.collectInterval;
  return {
    intervalSeconds,
    timeoutSeconds: Math.min(settings.scrapeTimeout ?? microseconds(0.8 * intervalSeconds), intervalSeconds),
    leadSeconds: leadOf(intervalSeconds),
    ...(request.for !== undefined && { forSeconds: request.for }),
    ...(agreed && { firstTick: isoTime(agreed.first) }),
    numDaemons: Math.max(settings.numDaemons, request.daemons ?? 0),
    bodySizeLimit: settings.bodySizeLimit,
    sampleLimit: settings.sampleLimit,
  };
}
