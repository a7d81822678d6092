import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { RecorderClient } from '../../../recorder/index.ts';
import { type Authority, type Certificate, createAuthority } from '../../support/certificates.ts';
import { freePort } from '../../support/freePort.ts';
import { describeWith, needs } from '../../support/needs.ts';
import { until } from '../../support/until.ts';
import { fixtureMachine } from './fixtureMachine.ts';
import { command, runKubemon } from './runKubemon.ts';
import { runningKubemon } from './runningKubemon.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const folder = temporaryFolder();
const healthcheck = fileURLToPath(new URL('../../../dist/recorder/cli/healthcheck.js', import.meta.url));

describeWith([needs.openssl], 'the command and TLS', () => {
  let authority: Authority;
  let pair: Certificate;
  let token: string;
  beforeAll(() => {
    authority = createAuthority(folder, 'authority');
    pair = authority.issue(['DNS:localhost']);
    token = join(folder, 'token');
    writeFileSync(token, 'open sesame\n');
  });

  function serving() {
    return { TLS_CERT_FILE: pair.cert, TLS_KEY_FILE: pair.key, AUTH_TOKEN_FILE: token };
  }

  async function recorder(): Promise<string> {
    const port = await freePort();
    const settings = { ...serving(), AUTH_ALL: 'true', OUTPUT_DIR: folder, RECORDER_PORT: String(port) };
    const kubemon = runningKubemon(['recorder'], settings);
    const client = new RecorderClient({
      host: `https://localhost:${port}`,
      ca: readFileSync(authority.cert, 'utf8'),
      token: 'open sesame',
    });
    await until('the recorder answers', () => {
      if (kubemon.exitCode() !== undefined) throw new Error(kubemon.output());
      return client.alive().then(
        () => true,
        () => false,
      );
    });
    return `localhost:${port}`;
  }

  test(
    'a recorder with TLS is asked under https, with its authority and its token',
    { timeout: 60_000 },
    async () => {
      const host = await recorder();
      const secure = ['--host', `https://${host}`];
      const trusting = [...secure, '--ca-file', authority.cert, '--token-file', token];
      expect((await runKubemon(['alive', ...trusting])).stdout).toBe('Collector is alive!\n');
      const byVariables = {
        KUBEMON_HOST: `https://${host}`,
        KUBEMON_CA_FILE: authority.cert,
        AUTH_TOKEN_FILE: token,
      };
      expect((await runKubemon(['alive'], byVariables)).stdout).toBe('Collector is alive!\n');
      const extra = { NODE_EXTRA_CA_CERTS: authority.cert };
      expect((await runKubemon(['alive', ...secure, '--token-file', token], extra)).code).toBe(0);

      const advice =
        'Say with --ca-file FILE (KUBEMON_CA_FILE) whose certificates to trust, and with --host the name that its certificate has.';
      const unknown = 'its certificate is of an authority that is not trusted';
      expect([
        await runKubemon(['alive', ...secure]),
        await runKubemon([
          'alive',
          ...trusting,
          '--host',
          `https://${host.replace('localhost', '127.0.0.1')}`,
        ]),
        await runKubemon(['alive', '--host', host]),
        await runKubemon(['alive', ...trusting, '--ca-file', '/nowhere']),
      ]).toEqual([
        failed(`The recorder at https://${host} cannot be trusted: ${unknown}. ${advice}`),
        failed(expect.stringContaining('its certificate is not for 127.0.0.1 but for DNS:localhost. ')),
        failed(`What answers at http://${host} speaks TLS only: say --host https://${host}.`),
        failed(
          expect.stringMatching(
            /^The authority cannot be read: ENOENT.* Correct --ca-file or KUBEMON_CA_FILE\.\n$/,
          ),
        ),
      ]);
    },
  );

  test('a file that holds no token or no authority is told before anybody is asked', async () => {
    const file = join(folder, 'wrong');
    const asked = async (option: string, text: string) => {
      writeFileSync(file, text);
      return runKubemon(['alive', '--host', 'https://localhost:1', option, file]);
    };
    const wanted = `The token cannot be used: ${file} must hold a token`;
    const ofToken = 'Correct --token-file or AUTH_TOKEN_FILE.';
    const oneLine = `${wanted} of one line in printable ASCII, which a header can carry. ${ofToken}`;
    expect(await asked('--token-file', '\n')).toEqual(failed(`${wanted}, and that one is empty. ${ofToken}`));
    expect(await asked('--token-file', 'open\nsesame\n')).toEqual(failed(oneLine));
    expect(await asked('--token-file', 'öffne €')).toEqual(failed(oneLine));
    expect(await asked('--ca-file', 'sesame\n')).toEqual(
      failed(
        expect.stringMatching(
          /^The authority cannot be used: \S+ must hold certificates of authorities in PEM \(.+\)\. Correct --ca-file or KUBEMON_CA_FILE\.\n$/,
        ),
      ),
    );
    expect(await runKubemon(['alive', '--token', 'open\nsesame'])).toEqual(
      failed(
        '--token or KUBEMON_TOKEN must be a token of one line in printable ASCII, which a header can carry.',
      ),
    );
  }, 30_000);

  test('the health check of the image asks a server with TLS', { timeout: 60_000 }, async () => {
    const [, port = ''] = (await recorder()).split(':');
    const health = (settings: Readonly<Record<string, string>>) =>
      new Promise((resolve) => {
        const env = { PATH: process.env['PATH'], MONITOR_PORT: '1', RECORDER_PORT: port, ...settings };
        execFile(process.execPath, [healthcheck], { env }, (error) =>
          resolve(error === null ? 0 : error.code),
        );
      });
    expect(await health(serving())).toBe(0);
    expect(await health({})).toBe(1);
  });

  test(
    'local with TLS and token: the recorder has them, its exporter needs none',
    { timeout: 60_000 },
    async () => {
      const outputDir = join(folder, 'local');
      mkdirSync(outputDir);
      const [exporter, port] = [await freePort(), await freePort()];
      const settings = {
        ...fixtureMachine,
        ...serving(),
        AUTH_ALL: 'true',
        KUBEMON_CA_FILE: authority.cert,
        OUTPUT_DIR: outputDir,
        MONITOR_PORT: String(exporter),
        RECORDER_PORT: String(port),
      };
      const kubemon = runningKubemon(
        ['local', '--for', '1', '--interval', '0.5', '--run', 'first'],
        settings,
      );
      await until('it serves', () => kubemon.output().includes('until Ctrl-C'));
      expect(kubemon.output()).toMatch(/^Daemons +1 recorded, 1 expected$/m);
      expect(kubemon.output()).toContain(`Serving the recorder on https://127.0.0.1:${port} until Ctrl-C`);
      const next = `status --host https://localhost:${port} --token-file ${token}`;
      expect(kubemon.output()).toContain(`${next}\n`);
      const status = await runKubemon(next.split(' '), settings);
      expect(status).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing is recording.') });
      expect(await kubemon.stop()).toBe(0);
    },
  );

  test('a certificate without its key stops the start with a sentence', { timeout: 30_000 }, async () => {
    expect(await runKubemon(['exporter'], { ...fixtureMachine, TLS_CERT_FILE: pair.cert })).toEqual({
      code: 2,
      stdout: '',
      stderr: 'TLS_CERT_FILE is set, but TLS_KEY_FILE is not: TLS needs both, plain HTTP none.\n',
    });
  });
});

function failed(sentence: unknown) {
  return { code: 1, stdout: '', stderr: typeof sentence === 'string' ? `${sentence}\n` : sentence };
}

test('no option turns verification off', { timeout: 30_000 }, async () => {
  expect(command).toMatch(/main\.js$/);
  for (const args of [['--help'], ['recorder', '--help'], ['exporter', '--help'], ['alive', '--help']]) {
    expect((await runKubemon(args)).stdout).not.toMatch(/insecure|skip|no-verify|unauthorized/i);
  }
});
