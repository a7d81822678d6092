import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { parts } from '../bench/parts.ts';
import { withoutLacking } from '../bench/requirements.ts';
import { describeWith, needs } from '../support/needs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = join(root, 'test/bench/README.md');
const required = [
  needs.root,
  needs.docker,
  needs.compiler,
  needs.debianPrometheus,
  needs.prometheusNodeExporter,
  needs.prometheusProcessExporter,
];

describeWith(required, 'the benchmark', () => {
  let before: string;
  let quick: Awaited<ReturnType<Bench['ended']>>;
  beforeAll(async () => {
    before = readFileSync(readme, 'utf8');
    // As `npm run bench` does, which would install and build anew under the tests.
    execFileSync('npx', ['tsc', '-p', 'test/bench'], { cwd: root, stdio: 'inherit' });
    const bench = startBench('--quick');
    try {
      quick = await bench.ended();
    } finally {
      bench.remove();
    }
  }, 600_000);

  test('a quick run measures every part that this machine has what it needs for', () => {
    expect(quick.code, quick.errors).toBe(0);
    const sections = quick.output.split(/^### /m).slice(1);
    const { parts: able, leftOut } = withoutLacking(parts);
    expect(sections.length).toBe(able.length);
    for (const sentence of leftOut) expect(quick.errors).toContain(`${sentence}\n`);
    for (const section of sections) expect(section).toMatch(/^\| -{3,} \|.*\n\| /m);
  });

  test('it says on what, writes no results and leaves nothing behind', () => {
    expect(quick.output).toMatch(/^Measured on \d{4}-\d\d-\d\d with kubemon /);
    expect(readFileSync(readme, 'utf8')).toBe(before);
    expect(quick.left).toEqual([]);
  });

  test('Ctrl-C ends what it has started, and its folder is gone', async () => {
    const bench = startBench('--quick', 'alignment');
    onTestFinished(bench.remove);
    await bench.says('the recorder, with at=');
    const started = childrenOf(bench.child);
    expect(started).not.toEqual([]);
    bench.child.kill('SIGINT');
    const { code, errors, left } = await bench.ended();
    expect({ code, left }, errors).toEqual({ code: 130, left: [] });
    expect(started.filter(isRunning)).toEqual([]);
  });

  test('what there is not is wrong usage', async () => {
    const bench = startBench('exporters');
    onTestFinished(bench.remove);
    const { code, output, errors } = await bench.ended();
    expect({ code, output }).toEqual({ code: 2, output: '' });
    expect(errors).toMatch(/^There is no part "exporters"\. There are: .*\n$/);
  });
});

type Bench = ReturnType<typeof startBench>;

/** The benchmark in a process of its own, which finds an empty folder for temporary files. */
function startBench(...args: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-bench-test-'));
  const scratch = join(folder, 'scratch');
  mkdirSync(scratch);
  const child = spawn(process.execPath, ['.bench/test/bench/main.js', ...args], {
    cwd: root,
    env: { ...process.env, TMPDIR: scratch },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const closed = once(child, 'close');
  return {
    child,
    says: async (wanted: string) => {
      while (!errors.includes(wanted)) {
        await Promise.race([once(child.stderr, 'data'), closed]);
        if (child.exitCode !== null) throw new Error(`It ended before it said "${wanted}": ${errors}`);
      }
    },
    ended: async () => {
      await closed;
      return { code: child.exitCode, output, errors, left: readdirSync(scratch) };
    },
    remove: () => {
      if (child.exitCode === null) child.kill('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function childrenOf({ pid }: ChildProcess): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => statusOf(child).includes(`\nPPid:\t${String(pid)}\n`));
}

/** A dead one that nobody has asked for yet is a zombie. */
function isRunning(pid: number): boolean {
  const status = statusOf(pid);
  return status !== '' && !/^State:\s+Z/m.test(status);
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
