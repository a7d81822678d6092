import { expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { kubemon, machine } from '../run/loopbackExporter.ts';
import { refusing, shardWith } from './shardWith.ts';

function having(connected: number, asked: string[] = []) {
  return (path: string) => {
    asked.push(path);
    return { status: 200, body: { message: '', connected, expected: connected, reason: '', daemons: [] } };
  };
}

test('NUM_DAEMONS are those of all shards together, as they are now', async () => {
  const asked: string[] = [];
  const { control } = await shardWith(having(2, asked), { settings: { NUM_DAEMONS: '3' } });
  expect(await control.start({ run: 'three' })).toMatchObject({ daemons: 1 });
  expect(asked).toEqual(['/daemons?probe=true&shard=own']);
  await control.stop();
  await expect(control.start({ run: 'four', daemons: 4 })).rejects.toMatchObject({
    status: 409,
    message: '4 daemon(s) expected. There are connected only 3.',
  });
});

test('where there are too few, those that do not answer are named', async () => {
  const { control } = await shardWith(refusing(503, 'Its disk is away.'), { shards: 3 });
  await expect(control.start({ run: 'two', daemons: 2 })).rejects.toMatchObject({
    status: 409,
    message:
      '2 daemon(s) expected. There are connected only 1. Nothing is known of shard 1 of 3: Its disk is away. ' +
      'Nothing is known of shard 2 of 3: Its disk is away.',
  });
});

test.each([undefined, 1])('those that do not answer are not needed for %s daemons', async (daemons) => {
  const asked: string[] = [];
  const { control } = await shardWith((path) => {
    asked.push(path);
    return { status: 503, body: { message: 'Its disk is away.' } };
  });
  expect(await control.start({ run: 'one', ...(daemons !== undefined && { daemons }) })).toMatchObject({
    daemons: 1,
  });
  expect(asked).toHaveLength(daemons ?? 0);
});

test('the others are asked while the own daemons are', async () => {
  const asked: string[] = [];
  const { control } = await shardWith(having(2, asked), {
    daemon: async (request, response) => {
      await until('the other is asked', () => asked.length > 0);
      await kubemon(machine('node-1'))(request, response);
    },
  });
  await expect(control.requireDaemons({ run: 'three', daemons: 3 })).resolves.toBe(1);
});
