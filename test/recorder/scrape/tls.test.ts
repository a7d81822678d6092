import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createWallClock } from '../../../exporter/serve/clock.ts';
import { createLog } from '../../../exporter/serve/log.ts';
import { createScraper, type Scraper } from '../../../recorder/scrape/request.ts';
import { openTargetTrust } from '../../../recorder/scrape/targetTrust.ts';
import { type Authority, type Certificate, createAuthority } from '../../support/certificates.ts';
import { describeWith, needs } from '../../support/needs.ts';
import { until } from '../../support/until.ts';
import { serve } from './serve.ts';

const clock = createWallClock();

describeWith([needs.openssl], 'targets of https', () => {
  let folder: string;
  let authority: Authority;
  let stranger: Authority;
  let right: Certificate;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubemon-targets-'));
    authority = createAuthority(folder, 'authority');
    stranger = createAuthority(folder, 'stranger');
    right = authority.issue(['IP:127.0.0.1', 'DNS:kubemon-exporter.kubemon.svc']);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  interface Serving {
    readonly url: string;
    /** The Authorization of each request. */
    readonly told: (string | undefined)[];
  }

  /** An exporter that wants a token, if any is given. */
  async function secure({ cert, key }: Certificate, token?: string): Promise<Serving> {
    const told: (string | undefined)[] = [];
    const server = createServer(
      { cert: readFileSync(cert), key: readFileSync(key) },
      ({ headers: { authorization } }, response) => {
        told.push(authorization);
        response
          .writeHead(token === undefined || authorization === `Bearer ${token}` ? 200 : 401)
          .end('up 1\n');
      },
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
    const { port } = server.address() as AddressInfo;
    return { url: `https://127.0.0.1:${port}/metrics`, told };
  }

  /** A recorder's scraper with TARGET_CA_FILE and TARGET_TOKEN_FILE. */
  async function scraper(targetCaFile?: string, targetTokenFile?: string): Promise<Scraper> {
    const ending = new AbortController();
    const following = { log: createLog('test', 'silent'), signal: ending.signal };
    const trust = await openTargetTrust({ targetCaFile, targetTokenFile }, following);
    const opened = createScraper({ clock, maxBytes: 1000, trust });
    onTestFinished(async () => {
      ending.abort();
      await opened.close();
    });
    return opened;
  }

  /** `up`, or the error. */
  async function ask(by: Scraper, url: string, serverName?: string): Promise<string> {
    const target = { name: 't', node: 'n', url, role: 'daemon', ...(serverName && { serverName }) } as const;
    const scrape = await by.scrape(target, { deadline: clock() + 20 });
    return scrape.up ? 'up' : scrape.error;
  }

  function tokenFile(token: string): string {
    const path = join(folder, 'token');
    writeFileSync(path, `${token}\n`);
    return path;
  }

  test('are verified by TARGET_CA_FILE alone', async () => {
    const { url } = await secure(right);
    expect(await ask(await scraper(authority.cert), url)).toBe('up');
    const unknown = 'untrusted: its certificate is of an authority that is not trusted';
    expect(await ask(await scraper(stranger.cert), url)).toBe(unknown);
    expect(await ask(await scraper(), url)).toBe(unknown);
  });

  test('a bundle may hold several authorities', async () => {
    const bundle = join(folder, 'bundle.crt');
    writeFileSync(bundle, readFileSync(stranger.cert, 'utf8') + readFileSync(authority.cert, 'utf8'));
    const { url } = await secure(right);
    expect(await ask(await scraper(bundle), url)).toBe('up');
  });

  test('must show a certificate that is valid now', async () => {
    const { url } = await secure(authority.issue(['IP:127.0.0.1'], -1));
    expect(await ask(await scraper(authority.cert), url)).toBe('untrusted: its certificate has expired');
  });

  test('must show one for the host of their URL, or for their Service where they are found by it', async () => {
    const by = await scraper(authority.cert);
    const service = 'kubemon-exporter.kubemon.svc';
    const { url } = await secure(right);
    expect(await ask(by, url, service)).toBe('up');
    expect(await ask(by, url)).toBe('up');
    const other = await secure(authority.issue(['DNS:db.shop.svc']));
    for (let count = 0; count < 2; count += 1) {
      expect(await ask(by, other.url)).toBe(
        'untrusted: its certificate is not for 127.0.0.1 but for DNS:db.shop.svc',
      );
      expect(await ask(by, other.url, service)).toBe(
        `untrusted: its certificate is not for ${service} but for DNS:db.shop.svc`,
      );
    }
  });

  test('what is no TLS is told as that', async () => {
    const url = await serve((_, response) => response.end('up 1\n'));
    expect(await ask(await scraper(authority.cert), url.replace('http:', 'https:'))).toBe(
      'untrusted: it does not speak TLS',
    );
  });

  test('a renewed TARGET_CA_FILE is used without a restart', { timeout: 30_000 }, async () => {
    const file = join(folder, 'renewed.crt');
    copyFileSync(authority.cert, file);
    const by = await scraper(file);
    const [old, next] = [await secure(right), await secure(stranger.issue(['IP:127.0.0.1']))];
    expect(await ask(by, old.url)).toBe('up');
    copyFileSync(stranger.cert, file);
    await until('the next is trusted', async () => (await ask(by, next.url)) === 'up', 20);
    // Whoever was trusted over an open connection is verified again, too.
    expect(await ask(by, old.url)).toMatch(/^untrusted: /);
  });

  test('are sent the token, which is read again when it changes', { timeout: 30_000 }, async () => {
    const { url, told } = await secure(right, 'open sesame');
    const file = tokenFile('wrong');
    const by = await scraper(authority.cert, file);
    expect(await ask(by, url)).toBe('status: 401, it does not accept the token of TARGET_TOKEN_FILE');
    writeFileSync(file, 'open sesame');
    await until('the right one is sent', async () => (await ask(by, url)) === 'up', 20);
    expect([told[0], told.at(-1)]).toEqual(['Bearer wrong', 'Bearer open sesame']);
    expect(await ask(await scraper(authority.cert), url)).toBe(
      'status: 401, it wants a token, which TARGET_TOKEN_FILE would name',
    );
  });

  test('a token goes neither over http, nor to whom a target points, nor to whom is not trusted', async () => {
    const told: unknown[] = [];
    const plain = await serve(({ headers }, response) => {
      told.push(headers.authorization);
      response.writeHead(401).end();
    });
    const by = await scraper(authority.cert, tokenFile('secret'));
    expect(await ask(by, plain)).toBe('status: 401, it wants a token, which is sent over https only');
    expect(told).toEqual([undefined]);

    const pointing = await serve((_, response) => response.writeHead(307, { location: elsewhere.url }).end());
    const elsewhere = await secure(right);
    expect(await ask(by, pointing)).toBe('status: 307');
    expect(elsewhere.told).toEqual([]);

    const untrusted = await secure(stranger.issue(['IP:127.0.0.1']));
    expect(await ask(by, untrusted.url)).toMatch(/^untrusted: /);
    expect(untrusted.told).toEqual([]);
  });

  test('a TARGET_CA_FILE without a certificate stops the start', async () => {
    await expect(scraper('/dev/null')).rejects.toThrow(
      /^TARGET_CA_FILE \(--target-ca-file\) is "\/dev\/null", but it must be certificates of authorities in PEM \(/,
    );
  });
});

test('an exporter that wants https is asked for it', async () => {
  const url = await serve((_, response) => response.writeHead(426).end());
  const by = createScraper({ clock, maxBytes: 1000 });
  onTestFinished(() => by.close());
  const target = { name: 't', node: 'n', url, role: 'daemon' } as const;
  expect(await by.scrape(target, { deadline: clock() + 20 })).toMatchObject({
    error: 'status: 426, it wants https',
  });
});
