import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compiled } from '../support/compiled.ts';
import { describeWith, needs } from '../support/needs.ts';
import type { Report } from './syscalls.job.ts';

const withoutDocker = ['docker.service', 'docker.socket', 'containerd.service']
  .map((unit) => `systemd.mask=${unit}`)
  .join(' ');

/** Compiles the job, with what it imports, into a folder of plain JavaScript, and runs it in the machine. */
function runJob(folder: string): Report {
  compiled('test/vm/syscalls.job', folder);
  const output = execFileSync(
    process.env['KUBEMON_VM'] ?? '',
    [folder, '--', 'node', 'test/vm/syscalls.job.js'],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, KUBEMON_VM_APPEND: withoutDocker },
    },
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is what the job has written
  return JSON.parse(output) as Report;
}

function instanceOf(pid: number | undefined): unknown {
  return expect.stringMatching(`^kubemon-${pid}-\\d+$`);
}

describeWith([needs.vm], 'system calls, on a kernel with histogram triggers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-syscalls-'));
  let report: Report;

  beforeAll(() => {
    report = runJob(folder);
  }, 300_000);

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('are counted: dd reads and writes once for each byte', () => {
    const { asked, idle, busy } = report.calls;
    expect(idle).toBeGreaterThan(0);
    expect(idle).toBeLessThan(asked / 10);
    expect(busy).toBeGreaterThanOrEqual(2 * asked);
    expect(busy).toBeLessThan(2.1 * asked);
  });

  test('are counted in an instance that is there from start to close, and removed after a SIGKILL', () => {
    const { pids, instances } = report;
    expect(instances.leftover).toEqual([instanceOf(pids.dead)]);
    expect(instances.counting).toHaveLength(2);
    expect(instances.counting).toEqual(
      expect.arrayContaining([instanceOf(pids.alive), instanceOf(pids.own)]),
    );
    expect(instances.closed).toEqual([instanceOf(pids.alive)]);
    expect(instances.atTheEnd).toEqual([]);
  });

  test('are not counted, with the reason, where tracefs does not let', () => {
    expect(report.unavailable).toEqual({
      readOnly: 'read_only_tracefs',
      notMounted: 'no_tracefs',
      ordinaryUser: 'permission_denied',
    });
  });
});
