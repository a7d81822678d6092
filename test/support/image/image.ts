import { execFile } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const basesDockerfile = fileURLToPath(new URL('bases.Dockerfile', import.meta.url));
const certificates = '/etc/ssl/certs/ca-certificates.crt';

/** What a build on this machine needs to reach its registry, given as Docker and npm know it. */
const network = ['NPM_CONFIG_REGISTRY', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

/**
 * Builds the Dockerfile on the Docker of DOCKER_HOST, with bases made of this machine's files: nothing is
 * pulled. Options are those of `docker build`.
 */
export async function buildImage(tag: string, ...options: readonly string[]): Promise<void> {
  await makeBases();
  const bases = [`BASE=${base('run')}`, `BUILD_BASE=${base('build')}`];
  const known = network.filter((name) => process.env[name] !== undefined);
  const given = [...bases, ...known].flatMap((argument) => ['--build-arg', argument]);
  await run('docker', 'build', '--network', 'host', '--tag', tag, ...given, ...options, root);
}

/** The base of the image of buildImage (run), and that of the stages which build it. */
export function base(stage: 'run' | 'build'): string {
  return `kubemon-base:${stage}`;
}

/** Writes an image as a tar that a cluster's container runtime imports. */
export async function saveImage(tag: string, tar: string): Promise<void> {
  await run('docker', 'save', '--output', tar, tag);
}

/** run: Node.js 24, its libraries, no shell. build: npm, the certificates and busybox beside it. */
async function makeBases(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-base-'));
  try {
    await layOutRun(join(folder, 'run'));
    await layOutBuild(join(folder, 'build'));
    for (const stage of ['run', 'build'] as const) {
      const target = ['--target', stage, '--tag', base(stage)];
      await run('docker', 'build', '--file', basesDockerfile, ...target, folder);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function layOutRun(folder: string): Promise<void> {
  const node = await run(
    'npx',
    '--yes',
    '--prefer-offline',
    '-p',
    'node@24',
    '-c',
    'node -p process.execPath',
  );
  copy(node, folder, '/usr/local/bin/node');
  for (const [library] of (await run('ldd', node)).matchAll(/\/\S+(?= \()/g)) copy(library, folder, library);
  // `kubemon` in the image is a script of `env node`; of busybox's commands this is the only one there.
  copy('/bin/busybox', folder, '/usr/bin/env');
  mkdirSync(join(folder, 'tmp'));
}

async function layOutBuild(folder: string): Promise<void> {
  const npm = dirname(dirname(realpathSync(await run('sh', '-c', 'command -v npm'))));
  cpSync(npm, join(folder, 'usr/local/lib/node_modules/npm'), { recursive: true });
  mkdirSync(join(folder, 'usr/local/bin'));
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(folder, 'usr/local/bin/npm'));
  copy('/bin/busybox', folder, '/bin/busybox');
  for (const applet of ['sh', 'chmod', 'chown', 'find', 'ln', 'mkdir', 'mv', 'rm', 'touch']) {
    symlinkSync('busybox', join(folder, 'bin', applet));
  }
  if (existsSync(certificates)) copy(certificates, folder, certificates);
}

function copy(from: string, folder: string, to: string): void {
  mkdirSync(dirname(join(folder, to)), { recursive: true });
  copyFileSync(from, join(folder, to));
}

/** What a program prints, trimmed. */
async function run(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 2 ** 26 });
  return stdout.trim();
}
