import type { Answer } from '../../../recorder/scrape/answer.ts';
import { createAnswerParser } from '../../../recorder/scrape/exposition.ts';
import type { Target } from '../../../recorder/scrape/target.ts';

/** What a target of this role says, by a parser that has seen nothing before. */
export function parseAs(role: Target['role'], text: string): Answer {
  return createAnswerParser({ role, maxSamples: 1_000_000 })(Buffer.from(text));
}
