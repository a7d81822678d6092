import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readPage } from '../../../recorder/server/pageFiles.ts';
import { rawCall } from './rawCall.ts';
import { serve } from './served.ts';

const served = serve();

test('the page and all it is made of are less than 150 kB on the way', async () => {
  const files = await readPage();
  expect([...files.keys()].toSorted()).toEqual([
    'icon.svg',
    'index.html',
    'page.css',
    'page.js',
    'uPlot-LICENSE.txt',
  ]);
  const size = Array.from(files.values(), ({ bytes }) => gzipSync(bytes).length).reduce(
    (sum, each) => sum + each,
    0,
  );
  expect(size).toBeLessThan(150_000);
});

test("uPlot's licence comes with it", async () => {
  const { body } = await rawCall(served.recorder.url, 'GET', '/page/uPlot-LICENSE.txt');
  expect(body).toContain('Permission is hereby granted, free of charge');
});

test.each([
  ['/', 'text/html; charset=utf-8'],
  ['/page/page.js', 'text/javascript; charset=utf-8'],
  ['/page/page.css', 'text/css; charset=utf-8'],
  ['/page/icon.svg', 'image/svg+xml'],
])(
  '%s is sent as %s, may load nothing from elsewhere, and is asked for again only when it is another',
  async (path, type) => {
    const response = await fetch(`${served.recorder.url}${path}`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': type,
      'content-encoding': 'gzip',
      'cache-control': 'no-cache',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      vary: 'Accept-Encoding',
    });
    const etag = response.headers.get('etag') ?? '';
    const gzip = { 'accept-encoding': 'gzip', 'if-none-match': etag };
    const again = await rawCall(served.recorder.url, 'GET', path, { headers: gzip });
    expect([again.status, again.body]).toEqual([304, '']);
    const plain = await rawCall(served.recorder.url, 'GET', path, { headers: { 'if-none-match': etag } });
    expect(plain.status).toBe(200);
    expect(`${plain.headers.etag?.slice(0, -1)}-gzip"`).toBe(etag);
  },
);

test('whoever takes no gzip has it plain', async () => {
  const plain = await rawCall(served.recorder.url, 'GET', '/page/page.js');
  expect(plain.headers['content-encoding']).toBeUndefined();
  const { gzipped } = (await readPage()).get('page.js') ?? {};
  expect(plain.body).toBe(gunzipSync(gzipped ?? '').toString());
});

test.each(['/page/none.js', '/page/..%2f..%2fpackage.json', '/page/%2e%2e'])(
  'there is no %s',
  async (path) => {
    expect((await rawCall(served.recorder.url, 'GET', path)).status).toBe(404);
  },
);
