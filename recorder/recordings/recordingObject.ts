import { duration } from '../../exporter/serve/kinds.ts';
import type { RunRequest } from '../control/runRequest.ts';
import { isoTime } from '../csv/rows.ts';
import { secondsOf } from '../run/pastScrapes.ts';
import type { RecordingStatus } from './status.ts';

/** A Recording as the API server tells it: k8s/components/recordings says what its fields may be. */
export interface RecordingObject {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion?: string;
    readonly generation: number;
    readonly creationTimestamp: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: RecordingSpec;
  readonly status?: Partial<RecordingStatus>;
}

export interface RecordingSpec {
  readonly name?: string;
  readonly interval?: number;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly daemons?: number;
  readonly stop?: boolean;
}

export const apiVersion = 'kubemon.io/v1alpha1';

export function runOf({ metadata, spec }: RecordingObject): string {
  return spec.name ?? metadata.name;
}

/** What its run is asked for with. @throws RangeError for what no API server lets through. */
export function requestOf(recording: RecordingObject): RunRequest {
  const { interval, for: length, labels = {}, daemons } = recording.spec;
  return {
    run: runOf(recording),
    labels,
    ...(interval !== undefined && { interval }),
    ...(length !== undefined && { for: duration(length) }),
    ...(daemons !== undefined && { daemons }),
  };
}

/** When the daemons of a run that was asked for over HTTP were counted: its caller was answered by that. */
const countedAnnotation = 'kubemon.io/daemons-counted';
/** Seconds. A copy of such a Recording that is applied later has its own daemons. */
const countHolds = 15;

/** Whether the recorder that was asked for it has found enough daemons just now. */
export function areCounted({ metadata: { annotations } }: RecordingObject, now: number): boolean {
  const counted = annotations?.[countedAnnotation];
  return counted !== undefined && Math.abs(now - secondsOf(counted)) < countHolds;
}

/**
 * The Recording of a run that is asked for over HTTP.
 * @param options.isTaken another object has the name of the run.
 * @param options.counted when its daemons were, in seconds since the epoch.
 */
export function recordingFor(
  request: RunRequest,
  { isTaken, counted }: { readonly isTaken: boolean; readonly counted: number },
): object {
  const { run, interval, for: length, labels = {}, daemons } = request;
  const isNamed = objectName.test(run) && !isTaken;
  return {
    apiVersion,
    kind: 'Recording',
    metadata: {
      ...(isNamed ? { name: run } : { generateName: `${nameLike(run)}-` }),
      annotations: { [countedAnnotation]: isoTime(counted) },
    },
    spec: {
      ...(!isNamed && { name: run }),
      ...(interval !== undefined && { interval }),
      ...(length !== undefined && { for: `${length}s` }),
      ...(Object.keys(labels).length > 0 && { labels }),
      ...(daemons !== undefined && { daemons }),
    },
  };
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
const objectName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

function nameLike(run: string): string {
  return run
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/-$/, '');
}
