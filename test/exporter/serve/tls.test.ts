import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect, type SecureVersion, type TLSSocket } from 'node:tls';
import Koa from 'koa';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { listen } from '../../../exporter/serve/listen.ts';
import { followTlsPair } from '../../../exporter/serve/tls.ts';
import { type Authority, type Certificate, createAuthority } from '../../support/certificates.ts';
import { describeWith, needs } from '../../support/needs.ts';
import { until } from '../../support/until.ts';
import { recordedLog } from '../source/recordedLog.ts';

describeWith([needs.openssl], 'a server with TLS', () => {
  let folder: string;
  let authority: Authority;
  let pair: Certificate;
  let other: Certificate;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubemon-tls-'));
    authority = createAuthority(folder, 'authority');
    pair = authority.issue(['DNS:localhost']);
    other = authority.issue(['DNS:localhost']);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function follow(cert: string | undefined, key: string | undefined) {
    const ending = new AbortController();
    onTestFinished(() => ending.abort());
    const { log, lines } = recordedLog();
    const settings = { tlsCertFile: cert, tlsKeyFile: key };
    return { lines, tls: followTlsPair(settings, { log, signal: ending.signal }) };
  }

  /** Answers everything with ok, and follows copies of certificate and key that may be replaced. */
  async function serve() {
    const own = { cert: join(folder, 'own.crt'), key: join(folder, 'own.key') };
    replace(own, pair);
    const { tls, lines } = follow(own.cert, own.key);
    const app = new Koa();
    app.use((ctx) => {
      ctx.body = 'ok';
    });
    const limits = { head: 500, request: 30_000, stall: 30_000, connections: 100 };
    const server = await listen(app, { port: 0, address: '127.0.0.1', tls: await tls, limits });
    onTestFinished(server.close);
    return { own, lines, port: server.port };
  }

  function replace(own: Certificate, by: Certificate): void {
    copyFileSync(by.cert, own.cert);
    copyFileSync(by.key, own.key);
  }

  function secure(port: number, version: SecureVersion = 'TLSv1.3'): Promise<TLSSocket> {
    const options = {
      ca: readFileSync(authority.cert),
      servername: 'localhost',
      ALPNProtocols: ['http/1.1'],
    };
    return new Promise((resolve, reject) => {
      const socket = connect(
        {
          port,
          host: '127.0.0.1',
          ...options,
          minVersion: version,
          maxVersion: version,
          ciphers: 'ALL@SECLEVEL=0',
        },
        () => resolve(socket),
      );
      onTestFinished(() => {
        socket.destroy();
      });
      socket.on('error', reject);
    });
  }

  /** One request, the connection kept: the body of its answer. */
  function ask(socket: TLSSocket): Promise<string> {
    return new Promise((resolve) => {
      socket.once('data', (part) => resolve(String(part).split('\r\n\r\n')[1] ?? ''));
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    });
  }

  function serial(socket: TLSSocket): string {
    return socket.getPeerCertificate().serialNumber;
  }

  test('speaks TLS 1.3 and 1.2, and nothing older', async () => {
    const { port } = await serve();
    expect(await ask(await secure(port))).toBe('ok');
    expect(await ask(await secure(port, 'TLSv1.2'))).toBe('ok');
    await expect(secure(port, 'TLSv1.1')).rejects.toThrow(/version|protocol/);
  });

  test(
    'shows a renewed certificate to those who come then, and drops nobody who is there',
    { timeout: 30_000 },
    async () => {
      const { own, port } = await serve();
      const there = await secure(port);
      expect(await ask(there)).toBe('ok');
      const before = serial(there);
      replace(own, other);
      await until('the other is shown', async () => serial(await secure(port)) !== before, 20);
      expect(await ask(there)).toBe('ok');
      expect(there.destroyed).toBe(false);
    },
  );

  test(
    'a renewed certificate without its key is told once, and the one before stays',
    { timeout: 30_000 },
    async () => {
      const { own, port, lines } = await serve();
      copyFileSync(other.cert, own.cert);
      await until('it is told', () => lines.length > 0, 20);
      expect(lines).toEqual([
        `error TLS_KEY_FILE (--tls-key-file) is "${own.key}", but it must be the key of the certificate in TLS_CERT_FILE, ${own.cert}, and it is that of another. What was there before stays in use.`,
      ]);
      expect(await ask(await secure(port))).toBe('ok');
    },
  );

  test('tells whoever speaks plain HTTP that it is HTTPS', async () => {
    const { port } = await serve();
    const socket = connectTcp(port, '127.0.0.1');
    socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
    expect(answer).toMatch(/\r\n\r\nThis port speaks TLS only: https:\/\/\.\n$/);
  });

  test.each(['', '\u0016', '\u0016\u0003\u0001'])('cuts off whoever says %j and no more', async (said) => {
    const { port } = await serve();
    const socket = connectTcp(port, '127.0.0.1');
    socket.write(said);
    const ended = new Promise((resolve) => {
      socket.on('error', resolve).on('close', resolve);
    });
    await ended;
    expect(await ask(await secure(port))).toBe('ok');
  });

  test('no certificate and no key: plain HTTP', async () => {
    expect(await follow(undefined, undefined).tls).toBeUndefined();
  });

  test('what cannot be used stops the start with a sentence', async () => {
    const { cert, key } = pair;
    const sentence = (certFile: string | undefined, keyFile: string | undefined) =>
      follow(certFile, keyFile).tls.then(
        () => '',
        (error: unknown) => String(error),
      );
    expect([
      await sentence(cert, undefined),
      await sentence(undefined, key),
      await sentence('/nowhere', key),
      await sentence(key, key),
      await sentence(cert, cert),
      await sentence(cert, other.key),
    ]).toEqual([
      'SettingError: TLS_CERT_FILE is set, but TLS_KEY_FILE is not: TLS needs both, plain HTTP none.',
      'SettingError: TLS_KEY_FILE is set, but TLS_CERT_FILE is not: TLS needs both, plain HTTP none.',
      expect.stringMatching(/ TLS_CERT_FILE .*"\/nowhere", but it must be a file that can be read \(ENOENT/),
      expect.stringMatching(/ TLS_CERT_FILE .*, but it must be a certificate in PEM \(.+\)\.$/),
      expect.stringMatching(/ TLS_KEY_FILE .*, but it must be a private key in PEM, not encrypted \(.+\)\.$/),
      expect.stringMatching(/ TLS_KEY_FILE .*, and it is that of another\.$/),
    ]);
  });
});
