import type { MessageAnswer, ShardAsked } from '../api.ts';

/** What a shard answered, or why it did not: a sentence. */
export type ShardAnswer<Answer> =
  | { readonly shard: number; readonly answer: Answer }
  | {
      readonly shard: number;
      readonly problem: string;
      /** That of HTTP, where it refuses; absent: it does not answer. */
      readonly status?: number;
    };

export interface Answered<Answer> {
  readonly shard: number;
  readonly answer: Answer;
}

export function answered<Answer>(all: readonly ShardAnswer<Answer>[]): readonly Answered<Answer>[] {
  return all.filter((each) => 'answer' in each);
}

/** Who was asked; a shard that does not answer is in the message, too. */
export function asked(
  message: string,
  all: readonly ShardAnswer<unknown>[],
): MessageAnswer & { readonly shards: readonly ShardAsked[] } {
  const shards = all.map((each) =>
    'problem' in each ? { shard: each.shard, problem: each.problem } : { shard: each.shard },
  );
  const silent = all.flatMap((each) =>
    'problem' in each ? [`Nothing is known of shard ${each.shard} of ${all.length}: ${each.problem}`] : [],
  );
  return { message: [message, ...silent].join(' '), shards };
}
