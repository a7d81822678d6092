import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { RecorderClient } from '../../../recorder/index.ts';
import { Interrupted } from '../../../recorder/cli/interrupted.ts';
import { watchRun } from '../../../recorder/cli/watchRun.ts';

test('a recorder that swallows what it is asked is away, and not as it was', async () => {
  const status = JSON.stringify({
    message: 'Recording r.',
    recording: { run: 'r', path: '/r', interval: 1 },
  });
  let isSilent = false;
  const server = createServer((_, response) => {
    if (!isSilent) response.end(status);
    isSilent = true;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  const client = new RecorderClient({ host: `127.0.0.1:${address.port}` });
  const ending = new AbortController();
  const seen: string[] = [];
  const view = {
    show: () => seen.push('shown'),
    away: (reason: string) => {
      seen.push(reason);
      ending.abort();
    },
    end: () => seen.push('end'),
  };
  await expect(watchRun(client, 'r', view, ending.signal)).rejects.toThrow(Interrupted);
  expect(seen).toEqual([
    'shown',
    expect.stringMatching(/^No recorder answers at .+ \(no answer in time\)\. /),
    'end',
  ]);
});
