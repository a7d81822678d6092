import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCgroupTree } from '../../../exporter/source/cgroup.ts';
import { KernelFiles } from '../../../exporter/source/files.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kubemon-cgroup-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const a = 'a'.repeat(64);
const b = 'b'.repeat(64);

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Path and members of every container of a v2 tree whose cgroup.procs are these. */
function containers(procs: Readonly<Record<string, string>>) {
  write('cgroup.controllers', 'cpu memory\n');
  for (const [path, text] of Object.entries(procs)) write(`${path}/cgroup.procs`, text);
  return openCgroupTree(root, new KernelFiles(0))
    .containers()
    .map(({ path, pids }) => [path, pids]);
}

describe('containers', () => {
  test('have the processes of their cgroup and of those below it', () => {
    expect(containers({ [`docker/${a}`]: '1\n', [`docker/${a}/app/worker`]: '2\n3\n' })).toEqual([
      [`/docker/${a}`, [1, 2, 3]],
    ]);
  });

  test('that are nested are two, each with its own', () => {
    expect(containers({ [`docker/${a}`]: '1\n', [`docker/${a}/docker/${b}`]: '2\n' })).toEqual([
      [`/docker/${a}`, [1]],
      [`/docker/${a}/docker/${b}`, [2]],
    ]);
  });

  test('have a process once that moves to a cgroup below while they are listed', () => {
    expect(containers({ [`docker/${a}`]: '1\n2\n', [`docker/${a}/init.scope`]: '2\n' })).toEqual([
      [`/docker/${a}`, [1, 2]],
    ]);
  });

  test('are one where the same id comes again below', () => {
    expect(containers({ [`docker/${a}`]: '1\n', [`docker/${a}/docker/${a}/app`]: '2\n' })).toEqual([
      [`/docker/${a}`, [1, 2]],
    ]);
  });

  test('are one where a cgroup of the same id was left over elsewhere', () => {
    expect(containers({ [`docker/${a}`]: '', [`system.slice/docker-${a}.scope`]: '1\n' })).toEqual([
      [`/system.slice/docker-${a}.scope`, [1]],
    ]);
  });

  test('are found also beside one that nests cgroups deeper than a path can say', () => {
    mkdirSync(join(root, 'docker', a), { recursive: true });
    const dig =
      "for (let depth = 0; depth < 20; depth++) { fs.mkdirSync('d'.repeat(250)); process.chdir('d'.repeat(250)); }";
    execFileSync(process.execPath, ['-e', dig], { cwd: join(root, 'docker', a) });
    try {
      expect(containers({ [`docker/${a}`]: '1\n', [`docker/${b}`]: '2\n' })).toContainEqual([
        `/docker/${b}`,
        [2],
      ]);
    } finally {
      // Node's own rm takes no such path either.
      execFileSync('rm', ['-rf', join(root, 'docker')]);
    }
  });

  test('without a process are none', () => {
    expect(containers({ [`docker/${a}`]: '', 'system.slice/cron.service': '5\n' })).toEqual([]);
  });
});

describe('on v1', () => {
  test('a file is in the hierarchy of its controller, mounted alone or together', () => {
    for (const folder of ['memory', 'cpu,cpuacct', 'pids']) mkdirSync(join(root, folder));
    const tree = openCgroupTree(root, new KernelFiles(0));
    expect(tree.version).toBe(1);
    expect(tree.locate('/docker/x', 'cpuacct.stat')).toBe(`${root}/cpu,cpuacct/docker/x/cpuacct.stat`);
    expect(tree.locate('/docker/x', 'cpu.stat')).toBe(`${root}/cpu,cpuacct/docker/x/cpu.stat`);
    expect(tree.locate('/docker/x', 'memory.stat')).toBe(`${root}/memory/docker/x/memory.stat`);
    expect(tree.locate('/docker/x', 'blkio.weight')).toBeUndefined();
  });

  test('containers are found where memory is not mounted', () => {
    write(`cpu,cpuacct/docker/${a}/cgroup.procs`, '1\n');
    expect(openCgroupTree(root, new KernelFiles(0)).containers()).toMatchObject([{ id: a, pids: [1] }]);
  });
});

test.each([
  [
    'a folder that is not there',
    '/nowhere',
    ' cannot be listed (ENOENT). Mount it there, or set CGROUP_PATH',
  ],
  [
    'any other folder',
    '',
    ' is neither a cgroup v2 tree nor a folder of cgroup v1 hierarchies. Set CGROUP_PATH',
  ],
])('%s is one sentence that says what to do', (_, path, sentence) => {
  expect(() => openCgroupTree(root + path, new KernelFiles(0))).toThrow(`${root}${path}${sentence}`);
});
