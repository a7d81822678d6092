import { boolean, bytes, integer, port, seconds, text, words } from '../exporter/serve/kinds.ts';
import { logLevel } from '../exporter/serve/log.ts';
import { optional, setting, type Values } from '../exporter/serve/settings.ts';
import { tlsSettings } from '../exporter/serve/tls.ts';
import { parseServices } from './discovery/kubernetes/serviceReference.ts';
import { parseStaticTargets } from './discovery/static.ts';

/** Shortest and longest distance of two ticks, in seconds. */
export const interval = seconds(0.1, 86_400);

export const recorderSettings = {
  port: setting('RECORDER_PORT', port, '9880', 'Port of the control API.'),
  listenAddress: optional(
    'LISTEN_ADDRESS',
    text,
    'all addresses in a pod, else 127.0.0.1',
    'Address to listen on.',
  ),
  targets: setting(
    'TARGETS',
    parseStaticTargets,
    '',
    'What to scrape: name=http://host:port/metrics, separated by commas.',
  ),
  fromK8s: optional(
    'FROM_K8S',
    boolean,
    'true in a pod',
    'Whether Kubernetes is asked: by the recorder for the endpoints of SERVICE_NAME, by the exporter for pods.',
  ),
  serviceName: setting(
    'SERVICE_NAME',
    parseServices,
    'kubemon-exporter',
    'Services to scrape with FROM_K8S: [namespace/]service[:port][/path], separated by commas. ' +
      'The first is that of the daemons, the others are further exporters.',
  ),
  numDaemons: setting(
    'NUM_DAEMONS',
    integer(0, 100_000),
    '0',
    'A run is refused unless so many daemons are connected.',
  ),
  collectInterval: setting('COLLECT_INTERVAL', interval, '5', 'Seconds between ticks, fractions allowed.'),
  scrapeTimeout: optional(
    'SCRAPE_TIMEOUT',
    seconds(0.01, 86_400),
    '0.8 x the interval',
    'Seconds after the tick at which an answer is too late; at most the interval.',
  ),
  outputDir: setting('OUTPUT_DIR', text, './data', 'Folder in which each run gets a folder of its own.'),
  bodySizeLimit: setting(
    'BODY_SIZE_LIMIT',
    bytes,
    '64Mi',
    'Bytes that one answer of a target may have, after decompression.',
  ),
  sampleLimit: setting(
    'SAMPLE_LIMIT',
    integer(1, 100_000_000),
    '500000',
    'Samples that one answer of a target may have.',
  ),
  minFreeBytes: setting(
    'MIN_FREE_BYTES',
    bytes,
    '256Mi',
    'A run is refused below so much free space in OUTPUT_DIR.',
  ),
  shard: setting('SHARD', integer(0, 9999), '0', 'Number of this recorder where several record a run.'),
  shards: setting('SHARDS', integer(1, 10_000), '1', 'How many recorders record a run together.'),
  ...tlsSettings,
  authTokenFile: optional(
    'AUTH_TOKEN_FILE',
    text,
    'no token',
    'File with the token that every changing call must bring (Authorization: Bearer).',
  ),
  authAll: setting('AUTH_ALL', boolean, 'false', 'Reading needs the token, too.'),
  targetCaFile: optional(
    'TARGET_CA_FILE',
    text,
    'those that Node.js knows',
    'PEM file of the authorities that certificates of https targets must come from, in place of all others.',
  ),
  targetTokenFile: optional(
    'TARGET_TOKEN_FILE',
    text,
    'no token',
    'File with the token that https targets are sent (Authorization: Bearer); it is never sent over http.',
  ),
  allowedHosts: setting(
    'ALLOWED_HOSTS',
    words,
    '',
    'Host names under which the recorder may be called, besides IP addresses and localhost.',
  ),
  logLevel,
} as const;

export type RecorderSettings = Values<typeof recorderSettings>;
