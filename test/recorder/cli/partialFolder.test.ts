import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReadableStream } from 'node:stream/web';
import { expect, test } from 'vitest';
import { createPartialFolder } from '../../../recorder/cli/partialFolder.ts';
import { temporaryFolder } from './temporaryFolder.ts';

function bodyOf(text: string): ReadableStream {
  return ReadableStream.from([Buffer.from(text)]);
}

test('what is here of another file is gone before its ETag is', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'node.csv');
  writeFileSync(path, 'of yesterday');
  writeFileSync(join(folder, '.etags.json'), '{"node.csv":"\\"old\\""}');
  let wasThere: boolean | undefined;
  const partial = createPartialFolder(
    folder,
    (_, from, etag) => {
      expect([from, etag]).toEqual([12, '"old"']);
      return Promise.resolve({
        from: 0,
        etag: '"new"',
        // It is asked for when the ETag is written.
        get body() {
          expect(readFileSync(join(folder, '.etags.json'), 'utf8')).toContain('new');
          wasThere = existsSync(path);
          return bodyOf('of today');
        },
      });
    },
    undefined,
  );
  await partial.fetch({ name: 'node.csv' });
  expect(wasThere).toBe(false);
  expect(readFileSync(path, 'utf8')).toBe('of today');
});

test('bytes go to the place that they are of', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'node.csv');
  writeFileSync(path, 'timestamp,one too much');
  writeFileSync(join(folder, '.etags.json'), '{"node.csv":"\\"same\\""}');
  const ask = () => Promise.resolve({ from: 9, etag: '"same"', body: bodyOf(',node') });
  await createPartialFolder(folder, ask, undefined).fetch({ name: 'node.csv' });
  expect(readFileSync(path, 'utf8')).toBe('timestamp,node');
});
