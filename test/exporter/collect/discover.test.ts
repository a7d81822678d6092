import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Absences } from '../../../exporter/collect/absences.ts';
import { createDiscovery } from '../../../exporter/collect/discover.ts';
import { openCgroupTree } from '../../../exporter/source/cgroup.ts';
import { KernelFiles } from '../../../exporter/source/files.ts';
import type { ContainerName, ContainerNames } from '../../../exporter/source/names.ts';
import { Processes } from '../../../exporter/source/processes.ts';

const machine = join(import.meta.dirname, '../../fixtures/machine-v1');
const docker = '4db7eb6ab1f1';
const inPod = '5ea83bb40b59';

const web: ContainerName = {
  namespace: 'shop',
  pod: 'web-0',
  container: 'web',
  image: 'web:1',
  runtime: 'docker',
  sandbox: false,
};

const onlyPod: ContainerName = { ...web, container: '', image: '', runtime: '' };

/** The containers of the fixture machine whose ids begin so, by the names given. */
function discover(options: {
  names?: Partial<ContainerNames>;
  namespaces?: readonly string[];
  /** They come after a first look, which finds none. */
  areNew?: true;
}) {
  const files = new KernelFiles(100);
  const tree = openCgroupTree(join(machine, 'sys/fs/cgroup'), files);
  let time = 0;
  let isThere = options.areNew !== true;
  const find = createDiscovery({
    tree: { ...tree, containers: () => (isThere ? tree.containers() : []) },
    processes: new Processes(files, join(machine, 'proc')),
    names: {
      lookup: () => undefined,
      mayName: () => false,
      available: false,
      pending: false,
      close: () => {},
      ...options.names,
    },
    namespaces: options.namespaces ?? [],
    monotonic: () => time,
  });
  const look = (at: number) => {
    time = at;
    const absences = new Absences();
    const containers = find(absences);
    return { absences, containers, ids: containers.map(({ cgroup }) => cgroup.id.slice(0, 12)) };
  };
  if (!isThere) look(0);
  isThere = true;
  return look;
}

describe('members', () => {
  test('are all processes of the cgroup and those below it, each once, without those that have ended', () => {
    const pids = new Map(
      discover({})(0).containers.map(({ cgroup, members }) => [
        cgroup.id.slice(0, 12),
        members.map(({ pid }) => pid),
      ]),
    );
    expect(pids.get(docker)).toEqual([4101, 4160]);
    expect(pids.get('c737047b26c6')).toEqual([8104, 8150]);
  });

  test('the oldest is the one that started first', () => {
    const container = discover({})(0).containers.find(({ cgroup }) => cgroup.id.startsWith(docker));
    expect(container?.oldest?.pid).toBe(4101);
  });
});

describe('a sandbox of a pod', () => {
  test('is known by its only process where no API tells', () => {
    expect(discover({})(0).ids).not.toContain('adfe4a19');
    expect(discover({})(0).ids).toHaveLength(8);
  });

  test('is known by it, too, where its pod is known by name', () => {
    const ids = discover({ names: { lookup: () => onlyPod } })(0).ids;
    expect(ids).toHaveLength(8);
    expect(ids).not.toContain('adfe4a19');
  });

  test('is none where a process is called pause in a container that has a name', () => {
    expect(discover({ names: { lookup: () => web } })(0).ids).toHaveLength(9);
  });

  test('is what the API calls a sandbox', () => {
    const names = { lookup: () => ({ ...web, sandbox: true }) };
    expect(discover({ names })(0).ids).toEqual([]);
  });
});

describe('a new container without a name', () => {
  test('is held back for 2 s, then shown without', () => {
    const look = discover({ areNew: true, names: { mayName: () => true } });
    expect(look(10).ids).toEqual([]);
    expect(look(11.9).ids).toEqual([]);
    const { containers } = look(12);
    expect(containers).toHaveLength(8);
    expect(containers[0]?.labels.values.slice(0, 3)).toEqual(['', '', '']);
  });

  test('is shown as soon as it has one', () => {
    const known: { name?: ContainerName } = {};
    const look = discover({ areNew: true, names: { mayName: () => true, lookup: () => known.name } });
    expect(look(0).ids).toEqual([]);
    known.name = web;
    expect(look(0.5).containers[0]?.labels.text).toMatch(
      /^namespace="shop",pod="web-0",container="web",container_id="[0-9a-f]{12}"$/,
    );
  });

  test('is shown under its pod where the pod is all that is known', () => {
    const look = discover({ areNew: true, names: { mayName: () => true, lookup: () => onlyPod } });
    expect([look(10).ids, look(11.9).ids]).toEqual([[], []]);
    expect(look(12).containers[0]?.labels.values.slice(0, 3)).toEqual(['shop', 'web-0', '']);
  });

  test('is held back only where it may get one: here in a pod', () => {
    const look = discover({ areNew: true, names: { mayName: (podUid) => podUid !== '' } });
    expect(look(0).ids).toContain(docker);
    expect(look(0).ids).not.toContain(inPod);
  });

  test('is shown at once where nobody could name it', () => {
    expect(discover({ areNew: true })(0).ids).toContain(docker);
  });
});

test('a container without a name that was there before the exporter is shown at once', () => {
  expect(discover({ names: { mayName: () => true } })(0).ids).toContain(docker);
});

describe('NAMESPACES', () => {
  const names = {
    mayName: () => true,
    lookup: (id: string) => (id.startsWith(inPod) ? web : undefined),
  };

  test('shows the containers of these namespaces', () => {
    expect(discover({ names, namespaces: ['shop'] })(0).ids).toEqual([inPod]);
  });

  test('hides those of others', () => {
    expect(discover({ names, namespaces: ['bank'] })(0).ids).toEqual([]);
  });

  test('hides those whose namespace is not known, and says why', () => {
    const look = discover({ names: { lookup: names.lookup }, namespaces: ['shop'] });
    const { ids, absences } = look(0);
    expect(ids).toEqual([inPod]);
    expect(absences.of([], 'v1')).toEqual([
      { metric: 'kubemon_container_info', reason: 'namespace_unknown' },
    ]);
  });
});

test('why names are missing is told', () => {
  const { ids, absences } = discover({ names: { absence: 'kubernetes_away' } })(0);
  expect(ids).toHaveLength(8);
  expect(absences.of([], 'v1')).toEqual([{ metric: 'kubemon_container_info', reason: 'kubernetes_away' }]);
});
