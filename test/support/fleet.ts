import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const image = 'kubemon-test:busybox';
const applets = ['sh', 'sleep', 'cat', 'dd', 'true', 'ping', 'printf'];

/** A real container. */
export interface Started {
  readonly name: string;
  /** 64 hex digits. */
  readonly id: string;
  /** '' on the host's network. */
  readonly ip: string;
}

/** Containers on the Docker of DOCKER_HOST; remove() removes these and no others. */
export interface Fleet {
  /** Runs a script of the shell; options are those of `docker run`. */
  start(name: string, script: string, ...options: readonly string[]): Promise<Started>;
  kill(container: Started): Promise<void>;
  remove(): Promise<void>;
}

export function createFleet(room: string): Fleet {
  makeImage();
  const ids: string[] = [];
  return {
    start: async (name, script, ...options) => {
      const full = `${room}-${process.pid}-${name}`;
      const id = await docker('run', '-d', '--name', full, ...options, image, 'sh', '-c', script);
      ids.push(id);
      return { name: full, id, ip: await docker('inspect', '-f', '{{.NetworkSettings.IPAddress}}', id) };
    },
    kill: async ({ id }) => {
      await docker('kill', id);
      await docker('wait', id);
    },
    remove: async () => {
      if (ids.length > 0) await docker('rm', '-f', ...ids);
    },
  };
}

/** The pids on the host of all processes of a container, as Docker tells them. */
export async function dockerTop({ id }: Started): Promise<readonly string[]> {
  const [, ...rows] = (await docker('top', id, '-o', 'pid')).split('\n');
  return rows.map((row) => row.trim());
}

/** Runs the docker command; what it prints, trimmed. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', args, { maxBuffer: 2 ** 26 });
  return stdout.trim();
}

/** An image of this machine's busybox and nothing else: none has to be fetched. Its name. */
export function makeImage(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-image-'));
  for (const name of ['bin', 'tmp']) mkdirSync(join(folder, name));
  copyFileSync('/bin/busybox', join(folder, 'bin/busybox'));
  for (const name of applets) symlinkSync('busybox', join(folder, 'bin', name));
  const tar = execFileSync('tar', ['-C', folder, '-c', '.'], { maxBuffer: 2 ** 26 });
  rmSync(folder, { recursive: true });
  execFileSync('docker', ['import', '-c', 'ENV PATH=/bin', '-', image], {
    input: tar,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  return image;
}
