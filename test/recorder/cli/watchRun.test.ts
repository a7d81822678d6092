import { expect, test } from 'vitest';
import { RecorderClient } from '../../../recorder/index.ts';
import { Interrupted } from '../../../recorder/cli/interrupted.ts';
import { watchRun } from '../../../recorder/cli/watchRun.ts';
import { serve } from '../scrape/serve.ts';

test('a recorder that swallows what it is asked is away, and not as it was', async () => {
  const status = JSON.stringify({
    message: 'Recording r.',
    recording: { run: 'r', path: '/r', interval: 1 },
  });
  let isSilent = false;
  const url = await serve((_, response) => {
    if (!isSilent) response.end(status);
    isSilent = true;
  });
  const client = new RecorderClient({ host: new URL(url).host });
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
