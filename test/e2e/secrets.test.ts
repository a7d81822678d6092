import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Agent, fetch } from 'undici';
import { RecorderClient } from '../../recorder/index.ts';
import { fixtureMachine } from '../recorder/cli/fixtureMachine.ts';
import { runKubemon } from '../recorder/cli/runKubemon.ts';
import { type Authority, createAuthority } from '../support/certificates.ts';
import { freePort } from '../support/freePort.ts';
import { type Kubemon, startKubemon } from '../support/kubemon.ts';
import { describeWith, needs } from '../support/needs.ts';
import { until } from '../support/until.ts';

const apiToken = 'token-of-the-api-4711';
const targetToken = 'token-of-the-targets-0815';

describeWith([needs.openssl], 'a run that is recorded with TLS and tokens', () => {
  let folder: string;
  let authority: Authority;
  let exporter: Kubemon;
  let recorder: Kubemon;
  let client: RecorderClient;
  let dispatcher: Agent;
  let host: string;
  let exporterUrl: string;
  /** The secrets, each as it would be found. */
  let secrets: readonly string[];

  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kubemon-secrets-'));
    authority = createAuthority(folder, 'authority');
    const pair = authority.issue(['DNS:localhost', 'IP:127.0.0.1']);
    const ca = readFileSync(authority.cert, 'utf8');
    dispatcher = new Agent({ connect: { ca } });
    const keyLines = readFileSync(pair.key, 'utf8')
      .split('\n')
      .filter((line) => /^[\w+/=]{20,}$/.test(line));
    secrets = [apiToken, targetToken, ...keyLines];
    const [monitorPort, recorderPort] = [await freePort(), await freePort()];
    const common = {
      LOG_LEVEL: 'trace',
      LISTEN_ADDRESS: '127.0.0.1',
      TLS_CERT_FILE: pair.cert,
      TLS_KEY_FILE: pair.key,
    };
    const targetTokenFile = file('target-token', `${targetToken}\n`);
    exporter = startKubemon(['exporter'], {
      ...fixtureMachine,
      ...common,
      MONITOR_PORT: String(monitorPort),
      AUTH_TOKEN_FILE: targetTokenFile,
    });
    exporterUrl = `https://127.0.0.1:${monitorPort}`;
    host = `https://localhost:${recorderPort}`;
    recorder = startKubemon(['recorder'], {
      ...common,
      RECORDER_PORT: String(recorderPort),
      OUTPUT_DIR: join(folder, 'data'),
      AUTH_TOKEN_FILE: file('api-token', apiToken),
      AUTH_ALL: 'true',
      TARGET_CA_FILE: authority.cert,
      TARGET_TOKEN_FILE: targetTokenFile,
      TARGETS: `good=${exporterUrl}/metrics,plain=${exporterUrl.replace('https', 'http')}/metrics,away=https://127.0.0.1:1/metrics`,
    });
    client = new RecorderClient({ host, ca, token: apiToken });
    await until('the exporter is connected', async () => {
      for (const each of [exporter, recorder])
        if (each.exitCode() !== undefined) throw new Error(each.output());
      return client.daemons().then(
        ({ connected }) => connected === 1,
        () => false,
      );
    });
    await client.start('secret', { interval: 1 });
    await until('it has ticks', async () => (await client.run('secret')).manifest.ticks.done >= 3);
    await client.mark('somewhere');
  });

  afterAll(async () => {
    await Promise.all([exporter.stop(), recorder.stop()]);
    rmSync(folder, { recursive: true });
  });

  /** What of the secrets is in a text. */
  const found = (text: string) => secrets.filter((secret) => text.includes(secret));

  test('the exporter is scraped, and what is not scraped says why', async () => {
    // On a busy machine a scrape may be late now and then.
    await until('the good one is connected', async () => (await client.daemons()).connected === 1);
    const { daemons } = await client.daemons();
    expect(daemons.filter(({ name }) => name !== 'good').map(({ name, error }) => [name, error])).toEqual([
      ['plain', 'status: 426, it wants https'],
      ['away', expect.stringMatching(/^refused: /)],
    ]);
  });

  test('no answer of either server has a secret', async () => {
    const authorization = { authorization: `Bearer ${apiToken}` };
    const paths = [
      '/',
      '/help',
      '/status',
      '/daemons',
      '/instances',
      '/runs',
      '/runs/secret',
      '/metrics',
      '/openapi.json',
      '/nothing',
    ];
    for (const path of paths) {
      const answer = await fetch(host + path, { headers: authorization, dispatcher });
      expect(found(await answer.text()), path).toEqual([]);
      const refused = await fetch(host + path, { headers: { authorization: 'Bearer wrong' }, dispatcher });
      // The page is the same for everybody, and asks for the token itself.
      const status = path === '/' ? 200 : 401;
      expect([path, refused.status, found(await refused.text())]).toEqual([path, status, []]);
    }
    for (const token of [targetToken, 'wrong']) {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${exporterUrl}/metrics`, { headers, dispatcher });
      expect(found(await answer.text())).toEqual([]);
    }
  });

  test('no command shows one, nor does a command line', async () => {
    const settings = {
      KUBEMON_HOST: host,
      KUBEMON_CA_FILE: authority.cert,
      KUBEMON_TOKEN: apiToken,
      AUTH_TOKEN_FILE: join(folder, 'api-token'),
      TARGET_TOKEN_FILE: join(folder, 'target-token'),
    };
    for (const args of [
      ['status'],
      ['daemons', '--json'],
      ['--help'],
      ['recorder', '--help'],
      ['local', '--help'],
    ]) {
      const { code, stdout, stderr } = await runKubemon(args, settings);
      expect([code, found(stdout + stderr)], args.join(' ')).toEqual([0, []]);
    }
    for (const { pid } of [exporter, recorder]) {
      expect(found(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))).toEqual([]);
    }
  });

  test(
    'a token file that becomes useless is told without what it held and holds',
    { timeout: 60_000 },
    async () => {
      writeFileSync(join(folder, 'api-token'), `${apiToken}\n${targetToken}\n`);
      await until('it is told', () => recorder.output().includes('AUTH_TOKEN_FILE (--auth-token-file) is '));
      expect((await client.status()).message).toMatch(/./);
      expect(found(recorder.output())).toEqual([]);
    },
  );

  test('no file of the run has one, and no log', async () => {
    await client.stop();
    const names = readdirSync(join(folder, 'data'), { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile(),
    );
    expect(names.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['run.json', 'scrapes.csv', 'node.csv']),
    );
    for (const { parentPath, name } of names) {
      expect(found(readFileSync(join(parentPath, name), 'utf8')), name).toEqual([]);
    }
    for (const each of [exporter, recorder]) {
      expect(each.output()).toMatch(/(exporter|recorder) started/);
      expect(found(each.output())).toEqual([]);
    }
  });
});
