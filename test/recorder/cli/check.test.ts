import { expect, test } from 'vitest';
import type { CheckReport } from '../../../exporter/checkReport.ts';
import { fixtureMachine } from './fixtureMachine.ts';
import { runKubemon } from './runKubemon.ts';

test('check says what is read, what is not, why, and what to do about it', async () => {
  const { code, stdout, stderr } = await runKubemon(['check'], fixtureMachine);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(
    /^Linux 5\.15\.0-105-generic, cgroup v1\nNames of containers: not known\. There is no Docker/,
  );
  expect(stdout).toMatch(/^node +1 +62 of 63$/m);
  expect(stdout).toMatch(/^container +8 +44 of 50$/m);
  expect(stdout).toMatch(/^process +11 +25 of 25$/m);
  expect(stdout).toContain(`
disabled, 1 metric
  This is collected only where it is asked for.
  What to do: Set COLLECT_SYSCALLS=true.
    kubemon_node_syscalls_total
`);
  expect(stdout).toMatch(/^cgroup_v1, 6 metrics$/m);
});

test('check --json gives the same to programs', async () => {
  const { code, stdout } = await runKubemon(['check', '--json'], fixtureMachine);
  expect(code).toBe(0);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the next lines show that it is one
  const report = JSON.parse(stdout) as CheckReport;
  expect(report).toMatchObject({
    kernel: '5.15.0-105-generic',
    cgroupVersion: 1,
    names: { available: false },
  });
  expect(report.scopes[0]).toEqual({ scope: 'node', found: 1, read: 62, metrics: 63 });
  expect(report.missing.find(({ reason }) => reason === 'disabled')).toEqual({
    reason: 'disabled',
    sentence: 'This is collected only where it is asked for.',
    advice: 'Set COLLECT_SYSCALLS=true.',
    metrics: ['kubemon_node_syscalls_total'],
  });
});

test('check tells a metric that nothing has a value of from one that cannot be read', async () => {
  const { stdout } = await runKubemon(['check', '--disk-exclude', '.'], fixtureMachine);
  expect(stdout).toMatch(/^container +8 +36 of 50$/m);
  // The 17 of a node's disks and the 8 of a container's.
  expect(stdout).toContain('\nno_sample, 25 metrics\n');
  expect(stdout).toContain('\n    kubemon_container_disk_read_bytes_total\n');
});

test('a machine that cannot be read at all is one sentence', async () => {
  const { code, stdout, stderr } = await runKubemon(['check', '--cgroup-path', '/nowhere'], fixtureMachine);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^[^\n]*\/nowhere[^\n]*\n$/);
});

test('check --help shows what is read, and nothing of how it would be served', async () => {
  const { code, stdout } = await runKubemon(['check', '--help']);
  expect(code).toBe(0);
  expect(Array.from(stdout.matchAll(/^ +--([a-z0-9-]+)/gm), ([, flag]) => flag)).toEqual([
    'namespaces',
    'from-k8s',
    'node-name',
    'procfs-path',
    'sysfs-path',
    'cgroup-path',
    'docker-host',
    'disk-exclude',
    'network-exclude',
    'collect-syscalls',
    'json',
  ]);
});
