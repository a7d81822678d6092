import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import { recorderServer } from '../../../recorder/cli/recorderServer.ts';

/** A server that answers every request with these bytes of a file of ten. */
async function ranging(contentRange: string): Promise<string> {
  const headers = { 'content-range': contentRange, etag: '"same"' };
  const server = createServer((_, response) => response.writeHead(206, headers).end('56789'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  return `http://127.0.0.1:${address.port}`;
}

test('a part is what was asked for', async () => {
  const { part } = recorderServer(await ranging('bytes 5-9/10'), {});
  const { from, etag, body } = await part('/runs/r/node.csv', 5, '"same"');
  expect({ from, etag }).toEqual({ from: 5, etag: '"same"' });
  expect(await text(body)).toBe('56789');
});

test('a body that waits to be read is not lost with the response that it is of', async () => {
  setFlagsFromString('--expose-gc');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is V8's own
  const collectGarbage = runInNewContext('gc') as () => void;
  const { part } = recorderServer(await ranging('bytes 5-9/10'), {});
  const bodyOf = async () => (await part('/runs/r/node.csv', 5, '"same"')).body;
  const body = await bodyOf();
  for (let times = 0; times < 5; times += 1) {
    await setTimeout(10);
    collectGarbage();
  }
  expect(await text(body)).toBe('56789');
});

test.each(['bytes 4-8/10', 'bytes 0-4/10', '', 'lines 5-9/10'])(
  'a part of other bytes is none: Content-Range "%s"',
  async (contentRange) => {
    const url = await ranging(contentRange);
    await expect(recorderServer(url, {}).part('/runs/r/node.csv', 5, '"same"')).rejects.toMatchObject({
      code: 'not_a_recorder',
      message:
        `${url}/runs/r/node.csv was asked for its bytes from 5 on, and the answer has others ` +
        `(Content-Range: "${contentRange}"): go to the recorder past the proxy that changes its answers.`,
    });
  },
);
