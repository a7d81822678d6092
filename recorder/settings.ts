import { boolean, bytes, integer, port, seconds, text, words } from '../exporter/serve/kinds.ts';
import { logLevel } from '../exporter/serve/log.ts';
import { optional, setting, type Values } from '../exporter/serve/settings.ts';
import { tlsSettings } from '../exporter/serve/tls.ts';
import { parseServices } from './discovery/kubernetes/serviceReference.ts';
import { parseStaticTargets } from './discovery/static.ts';
import { parsePeers } from './shards/peerUrls.ts';

/** Shortest and longest distance of two ticks, in seconds. */
export const interval = seconds(0.1, 86_400);

const maxShards = 1000;

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
  shards: setting(
    'SHARDS',
    integer(1, maxShards),
    '1',
    'How many recorders share the daemons, each of them its own.',
  ),
  shard: optional(
    'SHARD',
    integer(0, maxShards - 1),
    'that of the pod',
    'Which of SHARDS this recorder is, from 0: the number at the end of the host name of a pod of a StatefulSet.',
  ),
  peers: setting(
    'PEERS',
    parsePeers,
    '',
    'The recorders of all SHARDS, in their order: http://host:port, separated by commas. In a pod they need not be named.',
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
