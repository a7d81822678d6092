import { SettingError } from '../../exporter/serve/settings.ts';
import type { Target } from '../scrape/target.ts';
import type { Discovery } from './discovery.ts';

/**
 * Reads TARGETS: `node1=http://10.0.0.1:9822/metrics,app=http://10.0.0.1:8080/metrics`.
 * Each is taken for a kubemon exporter on a node of that name until an answer of it shows otherwise.
 * @throws RangeError saying what is allowed; SettingError, which does not show the text, where a password
 * may be in it.
 */
export function parseStaticTargets(text: string): readonly Target[] {
  try {
    return parseTargets(text);
  } catch (error) {
    // A password may stand in an entry that cannot be read, too, or be cut in two by its own comma.
    if (!(error instanceof RangeError) || !text.includes('@')) throw error;
    // oxlint-disable-next-line eslint/preserve-caught-error -- it may tell the password
    throw new SettingError(
      'TARGETS (--targets) must be name=http://host:port/metrics, separated by commas, with no name twice, ' +
        'none named "recorder", and none with a user and password, which would not be sent. ' +
        'It is not shown here, since it has an "@" and so may have a password.',
    );
  }
}

function parseTargets(text: string): readonly Target[] {
  const targets = text
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map(parseTarget);
  const names = new Set(targets.map((target) => target.name));
  if (names.size < targets.length) {
    throw new RangeError('name=http://host:port/metrics, separated by commas, with no name twice');
  }
  if (names.has('recorder')) {
    throw new RangeError('targets of other names than "recorder", which names the recorder\'s own rows');
  }
  return targets;
}

function parseTarget(entry: string): Target {
  const [, name = '', address = ''] = /^([^=:/]+)=(.+)$/.exec(entry) ?? [];
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isUsable = url !== undefined && /^https?:$/.test(url.protocol) && name !== '';
  if (!isUsable || url.username !== '' || url.password !== '') {
    throw new RangeError(`name=http://host:port/metrics, separated by commas, which "${entry}" is not`);
  }
  return { name, node: name, url: url.href, role: 'daemon' };
}

/** Targets that never change. */
export function staticDiscovery(targets: readonly Target[]): Discovery {
  return {
    targets: () => targets,
    expected: () => ({
      count: targets.filter((target) => target.role === 'daemon').length,
      reason: `TARGETS names ${targets.length}`,
    }),
    problems: () => [],
    found: () => Promise.resolve(),
    onChange: () => undefined,
    close: () => undefined,
  };
}
