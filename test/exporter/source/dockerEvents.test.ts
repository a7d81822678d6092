import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDockerEvent, readDockerEvents } from '../../../exporter/source/dockerEvents.ts';

const id = '4c0114f2'.repeat(8);
// As Docker 20.10 writes it, less a few labels.
const start = `{"status":"start","id":"${id}","from":"fleet:busybox","Type":"container","Action":"start","Actor":{"ID":"${id}","Attributes":{"image":"fleet:busybox","name":"grün"}},"scope":"local","time":1790000000,"timeNano":1790000000123456789}`;
const die = `{"Type":"container","Action":"die","Actor":{"ID":"${id}","Attributes":{"exitCode":"137","image":"fleet:busybox","name":"grün"}}}`;

test('a line is an event', () => {
  expect(parseDockerEvent(start)).toEqual({ action: 'start', id, name: 'grün', image: 'fleet:busybox' });
});

test.each([
  '',
  'null',
  '7',
  '{"Type":"container"',
  '{"Type":"network","Action":"connect","Actor":{"ID":"a","Attributes":{"name":"bridge","image":""}}}',
  '{"Type":"container","Action":"start","Actor":{"ID":"a","Attributes":null}}',
  '{"Type":"container","Action":"start","Actor":null}',
])('%s is none', (line) => {
  expect(parseDockerEvent(line)).toBeUndefined();
});

test('nothing that comes makes it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
      expect(parseDockerEvent(line)).toBeUndefined();
    }),
  );
});

test('lines may be cut anywhere, in the middle of a letter too', async () => {
  const bytes = Buffer.from(`${start}\n${die}\n`);
  const cuts = fc.uniqueArray(fc.nat(bytes.length)).map((list) => list.toSorted((a, b) => a - b));
  await fc.assert(
    fc.asyncProperty(cuts, async (ends) => {
      const chunks = [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
      const actions: string[] = [];
      for await (const { action, name } of readDockerEvents(Readable.from(chunks)))
        actions.push(`${action} ${name}`);
      expect(actions).toEqual(['start grün', 'die grün']);
    }),
  );
});
