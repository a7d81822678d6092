import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A script of the benchmark in a process of its own, which ends with ours at the latest. */
export interface Child<Message> {
  /** Sends a message and resolves with its answer; one at a time. Rejects when the process ends instead. */
  ask<Answer>(message: Message): Promise<Answer>;
  stop(): Promise<void>;
}

/** @param script file name of a compiled script beside this one, without `.js`. */
export function startChild<Message extends object>(script: string): Child<Message> {
  const child = fork(fileURLToPath(new URL(`${script}.js`, import.meta.url)));
  const ended = once(child, 'exit');
  return {
    ask: async <Answer>(message: Message) => {
      child.send(message);
      const answer = once(child, 'message');
      const [told] = await Promise.race([
        answer,
        ended.then(([code, signal]) => {
          throw new Error(`The process ${script} has ended (${String(signal ?? code)}).`);
        }),
      ]);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own script, and what it documents
      return (told as { answer: Answer }).answer;
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}

/** In the child: answers each message, and ends when the parent has. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the script knows what it is sent
export function serveParent<Message>(answer: (message: Message) => Promise<unknown>): void {
  process.on('message', (message: Message) => {
    void answer(message).then((told) => process.send?.({ answer: told }));
  });
  process.once('disconnect', () => process.exit());
}
