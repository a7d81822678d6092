import { beforeAll, expect, test } from 'vitest';
import { version } from '../../exporter/serve/version.ts';
import { docker } from '../support/fleet.ts';
import { base, buildImage } from '../support/image/image.ts';
import { describeWith, needs } from '../support/needs.ts';

const image = 'kubemon:test';
const megabyte = 1e6;

interface Inspected {
  readonly Size: number;
  readonly RootFS: { readonly Layers: readonly string[] };
  readonly Config: {
    readonly User: string;
    readonly Labels: Readonly<Record<string, string>>;
  };
}

describeWith([needs.docker], 'the image', () => {
  let built: Inspected;
  beforeAll(async () => {
    await buildImage(image, '--build-arg', 'VERSION=1.2.3', '--build-arg', 'REVISION=abcdef');
    built = await inspect(image);
  }, 600_000);

  test('adds less than 80 MB to its base', async () => {
    const { Size } = await inspect(base('run'));
    expect(built.Size - Size).toBeGreaterThan(megabyte);
    expect(built.Size - Size).toBeLessThan(80 * megabyte);
  });

  test('says what it is, and that it is nobody', () => {
    expect(built.Config.User).toBe('65532:65532');
    expect(built.Config.Labels).toEqual({
      'org.opencontainers.image.title': 'kubemon',
      'org.opencontainers.image.description': expect.stringContaining('one clock'),
      'org.opencontainers.image.licenses': 'MIT',
      'org.opencontainers.image.version': '1.2.3',
      'org.opencontainers.image.revision': 'abcdef',
    });
  });

  test('holds the production dependencies, and nothing that Node.js does not read', async () => {
    const script = `
      const files = fs.readdirSync('/app', { recursive: true });
      const useless = files.filter((file) => /\\.(map|[cm]?ts)$/.test(file));
      const packages = ['koa', 'typescript', 'vitest', '@types'];
      console.log(JSON.stringify([useless, packages.filter((name) => fs.existsSync('/app/node_modules/' + name))]));`;
    const found = await docker('run', '--rm', '--entrypoint', 'node', image, '-e', script);
    expect(JSON.parse(found)).toEqual([[], ['koa']]);
  });

  test('holds the licence of every package, kubemon included, but of those published without', async () => {
    const script = `
      const folders = fs.readdirSync('/app', { recursive: true })
        .filter((file) => /(^|node_modules\\/(@[^/]+\\/)?[^/]+\\/)package\\.json$/.test(file)).map((file) => path.dirname(file));
      const hasText = (folder) => fs.readdirSync('/app/' + folder).some((file) => /^(licen[cs]e|copying|unlicense)/i.test(file));
      console.log(JSON.stringify([folders.length, folders.filter((folder) => !hasText(folder))]));`;
    const found = await docker('run', '--rm', '--entrypoint', 'node', image, '-e', script);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the script prints
    const [packages, without] = JSON.parse(found) as [number, string[]];
    expect(packages).toBeGreaterThan(100);
    expect(without.map((folder) => folder.replace('node_modules/', '')).toSorted()).toEqual([
      'koa-compose',
      'split-ca',
      'tr46',
    ]);
  });

  test('without a command says which there are, and `kubemon` is one in it', async () => {
    expect(await docker('run', '--rm', image)).toMatch(/^Usage: kubemon /);
    expect(await docker('run', '--rm', '--entrypoint', 'kubemon', image, '--version')).toBe(version);
  });

  test.each(['exporter', 'recorder'])(
    '%s: healthy with a read-only root, no capability and no shell',
    async (role) => {
      const tight = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
      const id = await docker(
        'run',
        '-d',
        '--health-interval',
        '1s',
        '--tmpfs',
        '/data:mode=1777',
        ...tight,
        image,
        role,
      );
      try {
        await expect.poll(() => health(id), { timeout: 60_000 }).toBe('healthy');
        await docker('stop', '--time', '20', id);
        expect(await docker('inspect', '-f', '{{.State.ExitCode}}', id)).toBe('0');
      } finally {
        await docker('rm', '-f', id);
      }
    },
  );

  test('a container that serves on neither port is unhealthy', async () => {
    const sleep = ['--entrypoint', 'node', image, '-e', 'setTimeout(() => undefined, 1e6)'];
    const id = await docker('run', '-d', '--health-interval', '1s', '--health-retries', '1', ...sleep);
    try {
      await expect.poll(() => health(id), { timeout: 60_000 }).toBe('unhealthy');
    } finally {
      await docker('rm', '-f', id);
    }
  });

  test('is the same when it is built anew from the same lockfile', { timeout: 600_000 }, async () => {
    const again = `${image}-again`;
    await buildImage(again, '--no-cache');
    expect((await inspect(again)).RootFS).toEqual(built.RootFS);
  });
});

async function inspect(name: string): Promise<Inspected> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Docker's own description of it
  const [inspected] = JSON.parse(await docker('image', 'inspect', name)) as [Inspected];
  return inspected;
}

async function health(id: string): Promise<string> {
  return docker('inspect', '-f', '{{.State.Health.Status}}', id);
}
