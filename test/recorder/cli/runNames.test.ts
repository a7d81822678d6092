import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { RecorderClient } from '../../../recorder/index.ts';
import { runNamesOf } from '../../../recorder/cli/completion/runNames.ts';

test('what a recorder calls a run and can be no name of one is not completed', async () => {
  const names = ['test000', '$(reboot)', '`reboot`', 'a;b', '--host=evil', '', 'test001'];
  const answer = JSON.stringify({ message: '7 runs.', runs: names.map((run) => ({ run })) });
  const server = createServer((_, response) => response.end(answer)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  const client = new RecorderClient({ host: `127.0.0.1:${address.port}` });
  // On a busy machine one question may take too long.
  await expect.poll(() => runNamesOf(client), { timeout: 30_000 }).toEqual(['test001', 'test000']);
});
