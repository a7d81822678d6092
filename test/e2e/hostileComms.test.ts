import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAnswerParser } from '../../recorder/scrape/exposition.ts';
import { runKubemon } from '../recorder/cli/runKubemon.ts';
import { type RunningExporter, startExporter } from '../support/exporter.ts';
import { createFleet, docker, dockerTop, type Fleet, type Started } from '../support/fleet.ts';
import { unseen } from '../support/hostileTexts.ts';
import { describeWith, needs } from '../support/needs.ts';
import { readExposition } from '../support/series.ts';
import { until } from '../support/until.ts';

/** Bytes that processes call themselves, and what is shown of each; the kernel keeps 15. */
const comms: readonly (readonly [inKernel: Buffer, shown: string])[] = [
  [Buffer.from('a) R ("b\\\nc'), 'a) R ("b\\c'],
  [Buffer.from(`"a",'b',`), `"a",'b',`],
  [Buffer.from(`=cmd|'/C x'!A0`), `=cmd|'/C x'!A0`],
  [Buffer.from('\u001B[31mred\u001B[0m'), '[31mred[0m'],
  [Buffer.from('x\u009B31my'), 'x31my'],
  [Buffer.from('cod\u202Egpj.exe'), 'cod\u202Egpj.exe'],
  [Buffer.from('a\u2028b\u2029c'), 'abc'],
  [Buffer.from('\r\n\t =1'), ' =1'],
  [Buffer.from('x"} 1\nup 0'), 'x"} 1up 0'],
  [
    Buffer.from('80fffe01c01b9b0aeda080225c2c0d', 'hex'),
    '\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"\\,',
  ],
];

/** All bytes that a cgroup may be named by make it harder: only NUL, slash and line feed are refused. */
const parent = '/hostile "a,b\\ =cmd|x\u001B[31m\u202Egpj';

/** A process a comm, which nobody but the kernel has told anybody. */
const script = `${comms
  .map(([bytes]) => `sh -c 'printf "${octal(bytes)}" >/proc/self/comm; sleep 1000000 & wait' &`)
  .join('\n')}\nwait`;

function octal(bytes: Buffer): string {
  return Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

describeWith([needs.root, needs.docker], 'processes and a cgroup with hostile names', () => {
  let fleet: Fleet;
  let container: Started;
  let exporter: RunningExporter;
  let exposition: string;

  beforeAll(async () => {
    fleet = createFleet('hostile');
    // systemd has its own rules for names of slices.
    const isPlain = (await docker('info', '--format', '{{.CgroupDriver}}')) === 'cgroupfs';
    container = await fleet.start('names', script, ...(isPlain ? ['--cgroup-parent', parent] : []));
    await until('every process has its name', async () => (await bytesOfComms()).size === comms.length);
    exporter = await startExporter();
    exposition = await exporter.scrape();
  });
  afterAll(async () => {
    await exporter.stop();
    await fleet.remove();
  });

  function shortId(): string {
    return container.id.slice(0, 12);
  }

  /** The hostile comms, in hex, that the kernel tells now. */
  async function bytesOfComms(): Promise<ReadonlySet<string>> {
    const pids = await dockerTop(container);
    const told = pids.map((pid) => readFileSync(`/proc/${pid}/comm`).subarray(0, -1).toString('hex'));
    const hostile = new Set(comms.map(([bytes]) => bytes.toString('hex')));
    return new Set(told.filter((each) => hostile.has(each)));
  }

  function commsOf(labels: readonly Readonly<Record<string, string | undefined>>[]): readonly string[] {
    const own = labels.filter(({ container_id: id }) => id === shortId());
    const harmless = new Set(['sh', 'sleep']);
    return own.map(({ comm = '' }) => comm).filter((comm) => !harmless.has(comm));
  }

  const shown = comms.map(([, text]) => text).toSorted();

  test('are in the exposition without control characters, and read the same by two parsers', () => {
    const samples = readExposition(exposition).filter(({ name }) => name === 'kubemon_process_threads');
    expect(commsOf(samples.map(({ labels }) => labels)).toSorted()).toEqual(shown);
    const { rows } = createAnswerParser({ role: 'daemon', maxSamples: 1e6 })(Buffer.from(exposition));
    const processes = rows.filter(({ table }) => table.name === 'process');
    const labels = processes.map((row) =>
      Object.fromEntries(row.table.labels.map((name, index) => [name, row.labels[index]])),
    );
    expect(commsOf(labels).toSorted()).toEqual(shown);
    const info = readExposition(exposition).find(
      ({ name, labels: { id } }) => name === 'kubemon_container_info' && id === container.id,
    );
    expect(info?.labels['cgroup']).toMatch(/\/[^/]*$/);
    expect(info?.labels['container']).toBe(container.name);
  });

  describeWith([needs.promtool], 'promtool', () => {
    test('accepts the exposition', () => {
      // It is slow at what other containers there may be.
      const own = exposition.split('\n').filter((line) => line.startsWith('#') || line.includes(shortId()));
      const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], {
        input: `${own.join('\n')}\n`,
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    });
  });

  test('do nothing to the terminal of `kubemon check`', async () => {
    const { code, stdout, stderr } = await runKubemon(['check']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(unseen(stdout)).toEqual([]);
  });
});
