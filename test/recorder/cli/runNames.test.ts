import { expect, test } from 'vitest';
import { RecorderClient } from '../../../recorder/index.ts';
import { runNamesOf } from '../../../recorder/cli/completion/runNames.ts';
import { serve } from '../scrape/serve.ts';

test('what a recorder calls a run and can be no name of one is not completed', async () => {
  const names = ['test000', '$(reboot)', '`reboot`', 'a;b', '--host=evil', '', 'test001'];
  const answer = JSON.stringify({ message: '7 runs.', runs: names.map((run) => ({ run })) });
  const url = await serve((_, response) => response.end(answer));
  const client = new RecorderClient({ host: new URL(url).host });
  // On a busy machine one question may take too long.
  await expect.poll(() => runNamesOf(client), { timeout: 30_000 }).toEqual(['test001', 'test000']);
});
