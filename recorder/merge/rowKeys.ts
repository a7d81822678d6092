import { plainCell } from '../csv/readRows.ts';
import type { DaemonDescription, ManifestFile } from '../run/manifest.ts';
import { isRecorder } from '../shards/recorderTargets.ts';
import { recordOf } from '../verify/cells.ts';
import type { ScannedRow } from '../verify/rowScanner.ts';

/** What a row is sorted by within a tick. */
export type RowKey = (row: ScannedRow) => string;

/** Where the targets of a part stand among those of all parts. */
export interface TargetKeys {
  readonly byTarget: (target: string) => string;
  readonly byNode: (node: string) => string;
}

/** Behind every target. */
const own = '9';

export function targetKeys(daemons: readonly DaemonDescription[], shard: number): TargetKeys {
  const keys = daemons.map(({ name, node, order = '' }) => ({ name, node, key: `${order}\n${name}` }));
  const byTarget = new Map(keys.map(({ name, key }) => [name, key]));
  // Of several on a node the daemon comes first.
  const byNode = new Map(keys.toReversed().map(({ node, key }) => [node, key]));
  const ownKey = `${own}/${String(shard).padStart(6, '0')}`;
  return {
    byTarget: (target) => (isRecorder(target) ? ownKey : (byTarget.get(target) ?? '')),
    byNode: (node) => byNode.get(node) ?? '',
  };
}

/** Of a file whose rows name their target. */
export function keysByTarget({ columns }: Pick<ManifestFile, 'columns'>, { byTarget }: TargetKeys): RowKey {
  const names = columns.map(({ name }) => name);
  return (row) => byTarget(recordOf(names, row)?.['target'] ?? '');
}

/** Of containers.csv, whose rows begin with their node. */
export function keysByNode(
  { columns }: Pick<ManifestFile, 'columns'>,
  byNode: (node: string) => string,
): RowKey {
  const names = columns.map(({ name }) => name);
  return (row) => byNode(recordOf(names, row)?.['node'] ?? '');
}

/** The targets that answered on a tick, by what the rows of their answers begin with. */
export interface Scraped {
  add(row: Readonly<Record<string, string>>): void;
  clear(): void;
  /** Of a table's file, whose rows tell collected_at and node. */
  readonly key: RowKey;
  /** Nodes in the order in which their daemons answered first: so one recorder writes what lives to the end. */
  readonly byFirstAnswer: (node: string) => string;
}

/** Two daemons of one node collect at moments of their own: both cells together tell which it was. */
export function createScraped({ byTarget, byNode }: TargetKeys): Scraped {
  const answers = new Map<string, string>();
  const firstAnswers = new Map<string, string>();
  /** Of the last row: most rows begin as the one before. */
  let start: Buffer = Buffer.alloc(0);
  let key = '';
  return {
    add: ({ timestamp, up, collected_at: collectedAt = '', node = '', target = '', ...row }) => {
      const place = byTarget(target);
      answers.set(`${collectedAt},${node}`, place);
      // Only daemons tell their clock.
      if (up !== '1' || row['clock_offset_seconds'] === '' || firstAnswers.has(node)) return;
      firstAnswers.set(node, `${timestamp}\n${place}`);
    },
    clear: () => {
      answers.clear();
      start = Buffer.alloc(0);
    },
    key: ({ bytes, isQuoted }) => {
      if (start.length > 0 && bytes.subarray(0, start.length).equals(start)) return key;
      const { collectedAt, node, length } = startOf(bytes, isQuoted);
      start = bytes.subarray(0, length);
      key = answers.get(`${collectedAt},${node}`) ?? byNode(node);
      return key;
    },
    byFirstAnswer: (node) => firstAnswers.get(node) ?? '',
  };
}

/** `timestamp,collected_at,node,` */
function startOf(bytes: Buffer, isQuoted: boolean) {
  const time = bytes.indexOf(comma);
  const collected = bytes.indexOf(comma, time + 1);
  const end = isQuoted && bytes[collected + 1] === quote ? quotedEnd(bytes, collected + 1) : collected + 1;
  const length = bytes.indexOf(comma, end) + 1;
  const cell = bytes.toString('utf8', collected + 1, length - 1);
  return {
    collectedAt: bytes.toString('utf8', time + 1, collected),
    node: plainCell(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell),
    length,
  };
}

/** Behind the closing quote of a cell that begins there. */
function quotedEnd(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(quote, from + 1); at !== -1; at = bytes.indexOf(quote, at + 2)) {
    if (bytes[at + 1] !== quote) return at + 1;
  }
  return bytes.length;
}

const [comma, quote] = [0x2c, 0x22];

const membership: ReadonlySet<string> = new Set(['daemon_joined', 'daemon_left', 'gap']);

/**
 * Of events.csv: by time, then what the recorders tell of themselves, what happened within the targets, and
 * targets that joined, left or were away; at last those that are gone.
 */
export function keysOfEvents({ columns }: Pick<ManifestFile, 'columns'>, { byTarget }: TargetKeys): RowKey {
  const names = columns.map(({ name }) => name);
  return (row) => {
    const { timestamp = '', kind = '', target = '', detail = '' } = recordOf(names, row) ?? {};
    const group = isRecorder(target)
      ? 0
      : !membership.has(kind)
        ? 1
        : detail.endsWith('is no longer a target.')
          ? 3
          : 2;
    return `${timestamp}\n${group}\n${byTarget(target)}`;
  };
}
