import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { KernelFiles } from '../../../exporter/source/files.ts';
import { Networks } from '../../../exporter/source/networks.ts';
import { createFleet, dockerTop, type Fleet } from '../../support/fleet.ts';
import { describeWith, needs } from '../../support/needs.ts';

function processOf(pid: number) {
  return { pid, comm: 'web', fields: { starttime: 100 } };
}

describeWith([needs.root, needs.docker], 'network namespaces of real containers', () => {
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
  let fleet: Fleet;
  /** By container, the namespace of each of its processes; told to an ordinary user. */
  let seen: { host: unknown; one: unknown[]; other: unknown[]; onHost: unknown[]; number: string };
  beforeAll(async () => {
    fleet = createFleet('networks');
    const script = 'sleep 1000 & sleep 1000';
    const one = await dockerTop(await fleet.start('one', script));
    const other = await dockerTop(await fleet.start('other', script));
    const onHost = await dockerTop(await fleet.start('host', script, '--network', 'host'));
    seen = asOrdinaryUser(() => {
      const networks = new Networks(new KernelFiles(10), '/proc');
      const namespaces = (pids: readonly string[]) =>
        pids.map((pid) => networks.namespaceOf(processOf(Number(pid))));
      return {
        host: networks.host(),
        one: namespaces(one),
        other: namespaces(other),
        onHost: namespaces(onHost),
        number: networks.numberOf(processOf(Number(one[0]))),
      };
    });
  });
  afterAll(() => fleet.remove());

  test('are told apart without ptrace rights', () => {
    expect(seen.one.length).toBeGreaterThan(1);
    expect(new Set(seen.one).size).toBe(1);
    expect(new Set(seen.other).size).toBe(1);
    expect(new Set([seen.host, seen.one[0], seen.other[0], undefined]).size).toBe(4);
  });

  test("of a container on the host's network is that of process 1", () => {
    expect(new Set(seen.onHost)).toEqual(new Set([seen.host]));
  });

  test('have no number for those who have no such rights', () => {
    expect(seen.number).toBe('');
  });
});

/** Everything in `look` is asked as nobody, without capabilities. */
function asOrdinaryUser<T>(look: () => T): T {
  process.seteuid?.(65534);
  try {
    return look();
  } finally {
    process.seteuid?.(0);
  }
}

describe('processes made of files', () => {
  let proc: string;
  beforeEach(() => {
    proc = mkdtempSync(join(tmpdir(), 'kubemon-networks-'));
  });
  afterEach(() => {
    rmSync(proc, { recursive: true });
  });

  function live(pid: number, receivedBytes: number): void {
    const folder = join(proc, String(pid), 'net');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'new'), `Inter-|\n face |\n  eth0: ${receivedBytes} 1\n`);
    renameSync(join(folder, 'new'), join(folder, 'dev'));
  }

  test('one that leaves its namespace does not give the numbers of another for it', () => {
    live(7, 1000);
    const networks = new Networks(new KernelFiles(10), proc);
    const before = networks.namespaceOf(processOf(7)) ?? '';
    expect(networks.interfaces(before, 7)).toMatchObject([
      { interface: 'eth0', fields: { receive_bytes: 1000 } },
    ]);

    live(7, 5);
    networks.begin();
    expect(networks.namespaceOf(processOf(7))).toBe(before);
    expect(networks.interfaces(before, 7)).toBeUndefined();
    const after = networks.namespaceOf(processOf(7)) ?? '';
    expect(after).not.toBe(before);
    expect(networks.interfaces(after, 7)).toMatchObject([{ fields: { receive_bytes: 5 } }]);
  });

  test('a namespace is read once a pass', () => {
    live(7, 1000);
    const networks = new Networks(new KernelFiles(10), proc);
    const namespace = networks.namespaceOf(processOf(7)) ?? '';
    const first = networks.interfaces(namespace, 7);
    expect(networks.interfaces(namespace, 8)).toBe(first);
    networks.begin();
    expect(networks.interfaces(namespace, 8)).toBeUndefined();
  });

  test('one that has ended lives in none', () => {
    expect(new Networks(new KernelFiles(10), proc).namespaceOf(processOf(7))).toBeUndefined();
  });
});
