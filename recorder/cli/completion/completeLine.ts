import { version } from '../../../exporter/serve/version.ts';
import type { RecorderClient } from '../client.ts';
import { createProgram } from '../program.ts';
import { readWords } from '../prompt/words.ts';
import { candidates } from './candidates.ts';
import { runNamesOf } from './runNames.ts';

/** Completes the last word of a line of the prompt: what it can be, and that word, for node:readline. */
export async function completeLine(line: string, client: RecorderClient): Promise<[string[], string]> {
  const { words, last } = readWords(line);
  const before = last === '' ? words : words.slice(0, -1);
  const program = await createProgram(version, {
    interruption: () => AbortSignal.abort(),
    openPrompt: undefined,
  });
  const { found } = await candidates(program, before, last, () => runNamesOf(client));
  const texts = found.map(({ text }) => text);
  if (before.length === 0) texts.push(...['exit'].filter((word) => word.startsWith(last)));
  // One that is whole is followed by the next word.
  return [texts.length === 1 ? texts.map((text) => `${text} `) : texts, last];
}
