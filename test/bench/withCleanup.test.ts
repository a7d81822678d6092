import { expect, test } from 'vitest';
import { withCleanup } from './withCleanup.ts';

test('what was put off is done at the end, the last first', async () => {
  const done: string[] = [];
  const result = await withCleanup((putOff) => {
    putOff(() => void done.push('first'));
    putOff(() => void done.push('second'));
    done.push('use');
    return Promise.resolve(7);
  });
  expect(result).toBe(7);
  expect(done).toEqual(['use', 'second', 'first']);
});

test('all of it is done, whatever fails', async () => {
  const done: string[] = [];
  const failing = withCleanup((putOff) => {
    putOff(() => void done.push('first'));
    putOff(() => {
      throw new Error('a step failed');
    });
    return Promise.resolve();
  });
  await expect(failing).rejects.toThrow('a step failed');
  const broken = withCleanup((putOff) => {
    putOff(() => void done.push('second'));
    return Promise.reject(new Error('it broke'));
  });
  await expect(broken).rejects.toThrow('it broke');
  expect(done).toEqual(['first', 'second']);
});
