import { expect, test } from 'vitest';
import { startServer } from './server.ts';

const program = {
  name: 'some exporter',
  args: ['-c', 'echo "no such option" >&2; exit 3'],
  url: 'http://127.0.0.1:9/',
};

test('of a program that is not there it is told what to install', async () => {
  const missing = { ...program, command: 'no-such-exporter', toInstall: 'install the package some-exporter' };
  await expect(startServer(missing)).rejects.toThrow(
    'no-such-exporter cannot be started: install the package some-exporter.',
  );
});

test('of a program that ends it is told what it said', async () => {
  const ending = { ...program, command: 'sh', toInstall: '' };
  await expect(startServer(ending)).rejects.toThrow('some exporter has ended (3): no such option');
});
