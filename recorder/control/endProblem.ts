import type { StoppedRun } from '../run/recording.ts';

/** What whoever asks has to know of a run's end besides its verdict, in sentences; undefined: nothing. */
export function endProblem({ toldBy, failure }: StoppedRun, path: string): string | undefined {
  const sentences = [
    ...(failure === undefined ? [] : [`The recorder ended the run by itself: ${failure}`]),
    ...(toldBy === 'run.json' ? [] : ['Its run.json cannot be written: it is tried again.']),
    ...(toldBy === 'nothing'
      ? [
          `Until then nothing in ${path} tells that the run was stopped, and a recorder that is started anew ` +
            'goes on with it: keep this one running, or delete the run.',
        ]
      : []),
  ];
  return sentences.length === 0 ? undefined : sentences.join(' ');
}
