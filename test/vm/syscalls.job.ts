// Runs in the virtual machine, as root, and prints what it saw as one line of JSON.
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { KernelFiles } from '../../exporter/source/files.ts';
import { countSyscalls, type SyscallCounter } from '../../exporter/source/syscalls.ts';

export interface Report {
  readonly pids: Readonly<Record<'dead' | 'alive' | 'own', number | undefined>>;
  /** The names below tracefs/instances, from moment to moment. */
  readonly instances: Readonly<Record<'leftover' | 'counting' | 'closed' | 'atTheEnd', readonly string[]>>;
  /** Calls counted while dd copied no byte, and while it copied `asked` bytes, each by itself. */
  readonly calls: Readonly<Record<'asked' | 'idle' | 'busy', number>>;
  /** The reason where tracefs is mounted read-only, not at all, or for root alone. */
  readonly unavailable: Readonly<Record<'readOnly' | 'notMounted' | 'ordinaryUser', string>>;
}

const program = fileURLToPath(import.meta.url);
const asked = 100_000;

function makeCounter(): SyscallCounter {
  const counter = countSyscalls('/sys', new KernelFiles(10));
  if ('unavailable' in counter) throw new Error(counter.unavailable);
  return counter;
}

/** Another exporter's counter. */
async function startOther(): Promise<ChildProcessWithoutNullStreams> {
  const other = spawn(process.execPath, [program, 'other']);
  await once(other.stdout, 'data');
  return other;
}

function instances(): readonly string[] {
  return readdirSync('/sys/kernel/tracing/instances').toSorted();
}

function countCopying(counter: SyscallCounter, bytes: number): number {
  const before = Number(counter.read()['hits']);
  execFileSync('dd', ['if=/dev/zero', 'of=/dev/null', 'bs=1', `count=${bytes}`], { stdio: 'ignore' });
  return Number(counter.read()['hits']) - before;
}

/** The reason where the shell has mounted /tmp/sys, in mounts of its own. */
function reasonAfter(mount: string): string {
  mkdirSync('/tmp/sys/kernel/tracing', { recursive: true });
  const script = `${mount} "$0" "$@"`;
  const args = ['--mount', 'sh', '-c', script, process.execPath, program, 'unavailable'];
  return execFileSync('unshare', args, { encoding: 'utf8' });
}

async function report(): Promise<Report> {
  const dead = await startOther();
  dead.kill('SIGKILL');
  await once(dead, 'exit');
  const leftover = instances();
  const alive = await startOther();
  const counter = makeCounter();
  const counting = instances();
  const calls = { asked, idle: countCopying(counter, 0), busy: countCopying(counter, asked) };
  counter.close();
  const closed = instances();
  alive.stdin.end();
  await once(alive, 'exit');
  return {
    pids: { dead: dead.pid, alive: alive.pid, own: process.pid },
    instances: { leftover, counting, closed, atTheEnd: instances() },
    calls,
    unavailable: {
      readOnly: reasonAfter('mount -t tracefs -o ro tracefs /tmp/sys/kernel/tracing; exec'),
      notMounted: reasonAfter('exec'),
      ordinaryUser: reasonAfter('mount --rbind /sys /tmp/sys; exec setpriv --reuid 65534 --clear-groups'),
    },
  };
}

if (process.argv[2] === 'other') {
  const counter = makeCounter();
  process.stdout.write('counting');
  await once(process.stdin.resume(), 'end');
  counter.close();
} else if (process.argv[2] === 'unavailable') {
  const counter = countSyscalls('/tmp/sys', new KernelFiles(10));
  process.stdout.write('unavailable' in counter ? counter.unavailable : 'available');
} else {
  process.stdout.write(JSON.stringify(await report()));
}
