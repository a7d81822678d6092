import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { freePort } from '../support/freePort.ts';
import { startKubemon } from '../support/kubemon.ts';
import { copyModule, copyProductionModules } from '../support/productionModules.ts';
import { answers, until } from '../support/until.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const tool = (name: string) => join(root, 'node_modules/.bin', name);

describe('the npm package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-package-'));
  const home = join(folder, 'home');
  let packed: string;
  beforeAll(() => {
    const name = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
      cwd: root,
    });
    packed = join(folder, name.toString().trim());
    install(packed, home);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('publint finds nothing', async () => {
    const { messages, pkg } = await publint({
      pack: { tarball: new Uint8Array(readFileSync(packed)).buffer },
    });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test('its types are found by whoever may import it', () => {
    // Ends with 1 and its findings where there are any.
    const found = execFileSync(tool('attw'), [
      packed,
      '--profile',
      'esm-only',
      '--format',
      'json',
    ]).toString();
    expect(JSON.parse(found)).toMatchObject({ analysis: { types: { kind: 'included' } } });
  });

  test('it holds what runs and what is read, and nothing of the tests', () => {
    const files = execFileSync('tar', ['tzf', packed]).toString().trim().split('\n');
    const places = files.map((file) => file.split('/').slice(1, 3).join('/'));
    expect(
      files.filter(
        (file) =>
          !/\.(js|d\.ts|md|json)$|LICENSE$|^package\/dist\/recorder\/web\/[^/]+\.(html|css|svg|txt)$/.test(
            file,
          ),
      ),
    ).toEqual([]);
    expect([...new Set(places)].toSorted()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'METRICS.md',
      'README.md',
      'dist/exporter',
      'dist/recorder',
      'package.json',
    ]);
  });

  test('npx kubemon local records a run', async () => {
    const printed = execFileSync(
      'npx',
      ['--no-install', 'kubemon', 'local', '--once', '--for', '2', '--interval', '0.5'],
      { cwd: home, env: { ...process.env, ...(await settings('data')) }, encoding: 'utf8' },
    );
    expect(printed).toMatch(/^Ticks +4 of 4 planned ticks$/m);
  });

  test('the example of the README compiles against its types, and does what it says', async () => {
    const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
    const place = await settings('recorded');
    const address = `localhost:${place.RECORDER_PORT}`;
    const program = example
      .replace('localhost:9880', address)
      .replace(/^\/\/ ….*$/m, 'await new Promise<void>((done) => { setTimeout(done, 3000); });')
      .concat('console.log(verdict.verdict);\n');
    writeFileSync(join(home, 'example.ts'), program);
    execFileSync(
      tool('tsc'),
      ['--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node', 'example.ts'],
      { cwd: home, stdio: ['ignore', 'inherit', 'inherit'] },
    );
    const kubemon = startKubemon(['local', '--run', 'first', '--for', '1', '--interval', '0.5'], place);
    try {
      await kubemon.says('Ctrl-C');
      await until('the recorder answers', async () => answers(`http://${address}/healthz`));
      const verdict = execFileSync(process.execPath, ['example.js'], { cwd: home, encoding: 'utf8' });
      expect(verdict).toMatch(/^(valid|degraded)\n$/);
    } finally {
      await kubemon.stop();
    }
    const fetched: unknown = JSON.parse(readFileSync(join(home, 'test000/run.json'), 'utf8'));
    expect(fetched).toMatchObject({ run: 'test000', state: 'stopped', marks: [{ label: 'warm' }] });
  });

  async function settings(data: string) {
    return {
      OUTPUT_DIR: join(folder, data),
      MONITOR_PORT: String(await freePort()),
      RECORDER_PORT: String(await freePort()),
    };
  }
});

/** As npm installs it: the package, what it depends on and nothing else, without asking a registry for it. */
function install(packed: string, home: string): void {
  const place = join(home, 'node_modules/kubemon');
  mkdirSync(place, { recursive: true });
  execFileSync('tar', ['xzf', packed, '--strip-components=1', '-C', place]);
  copyProductionModules(home);
  copyModule('node_modules/@types/node', home);
  writeFileSync(join(home, 'package.json'), '{ "type": "module", "private": true }');
  mkdirSync(join(home, 'node_modules/.bin'), { recursive: true });
  for (const [name, path] of Object.entries(manifest.bin)) {
    symlinkSync(join('../kubemon', path), join(home, 'node_modules/.bin', name));
  }
}
