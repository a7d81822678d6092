import { expect, test } from 'vitest';
import { reconcile, type Step } from '../../../recorder/recordings/reconcile.ts';
import { agreed, part, recording, type Situation, view } from './objects.ts';

/** A step as a line. */
function line(step: Step | undefined): string {
  if (step === undefined) return 'nothing';
  switch (step.do) {
    case 'claim':
    case 'join':
      return `${step.do} ${step.recording.metadata.name}`;
    case 'look':
      return `look for ${step.agreement.recording.name}`;
    case 'agreeLast':
      return `agree on ${step.last} as the last tick of ${step.agreement.recording.name}`;
    case 'endAfter':
      return `end after ${step.last}`;
    case 'refuse':
      return `refuse ${step.recording.metadata.name}: ${step.refusal.message}`;
  }
}

const on = { run: 'one', first: 1000 };
const one = recording('one');
const two = recording('two');
const older = { ...two, metadata: { ...two.metadata, creationTimestamp: '2026-03-01T11:59:59Z' } };
const recordingOne = recording('one', {}, { phase: 'Recording' });
const stopOne = recording('one', { stop: true }, { phase: 'Recording' });
const doneOne = recording('one', {}, { phase: 'Completed' });
const pendingOne = recording('one', {}, { phase: 'Pending', shards: { 0: part('Pending') } });
const waiting = (asked: number) => ({
  parts: { one: part('Pending') },
  pending: { one: { since: 1000, asked } },
});
const failedOne = recording('one', {}, { phase: 'Failed' });

const cases: readonly (readonly [when: string, situation: Situation, then: string])[] = [
  // A Recording that is new.
  ['there is nothing', {}, 'nothing'],
  ['one is new', { recordings: [one] }, 'claim one'],
  ['two are new: the older', { recordings: [one, older] }, 'claim two'],
  ['two of the same second are new: by uid', { recordings: [two, one] }, 'claim one'],
  [
    'it is stopped before it began',
    { recordings: [recording('one', { stop: true })] },
    'refuse one: spec.stop is true: nothing was recorded.',
  ],
  [
    'another run is on here, which nobody agreed on',
    { recordings: [one], run: { run: 'plain' } },
    'refuse one: Already recording plain: stop it first.',
  ],
  ['it was refused here a moment ago', { recordings: [one], parts: { one: part('Failed') } }, 'nothing'],
  ['it has failed', { recordings: [failedOne] }, 'nothing'],
  ['it is done', { recordings: [doneOne] }, 'nothing'],

  // Its daemons are waited for.
  ['it was asked in these five seconds', { recordings: [pendingOne], ...waiting(1010) }, 'nothing'],
  ['it was asked in the five seconds before', { recordings: [pendingOne], ...waiting(1009.9) }, 'claim one'],
  ['another waits, this one has not asked', { recordings: [pendingOne] }, 'claim one'],
  ['it waits: the next one does not', { recordings: [pendingOne, two], ...waiting(1010) }, 'claim two'],
  [
    'it waited here, and another has claimed it',
    { recordings: [pendingOne], agreement: agreed(), ...waiting(1010) },
    'join one',
  ],
  [
    'it waited here when it was over',
    { recordings: [pendingOne], agreement: agreed({ last: 1009 }), ...waiting(1010) },
    'refuse one: The run was over before this recorder came to it.',
  ],
  [
    'it waited, and another run is on',
    {
      recordings: [pendingOne, recording('two', {}, { phase: 'Recording' })],
      agreement: agreed({ recording: { name: 'two', uid: 'two' }, run: 'two' }),
      run: { run: 'two', first: 1000 },
      ...waiting(1009.9),
    },
    'refuse one: Already recording two: stop it first.',
  ],

  // The Lease names one.
  ['it is agreed on', { recordings: [one], agreement: agreed() }, 'join one'],
  ['it is on here', { recordings: [recordingOne], agreement: agreed(), run: on }, 'nothing'],
  [
    'it was refused here',
    { recordings: [one], agreement: agreed(), parts: { one: part('Failed') } },
    'nothing',
  ],
  [
    'this recorder was started again, and has told its end',
    {
      recordings: [recording('one', {}, { phase: 'Stopping', shards: { 0: part('Completed') } })],
      agreement: agreed({ shards: 2 }),
    },
    'nothing',
  ],
  [
    'this recorder was started again without its data',
    {
      recordings: [recording('one', {}, { phase: 'Recording', shards: { 0: part('Recording') } })],
      agreement: agreed(),
    },
    'join one',
  ],
  [
    'another run is on here',
    { recordings: [one], agreement: agreed({ shards: 2 }), run: { run: 'plain' } },
    'refuse one: Already recording plain: stop it first.',
  ],
  [
    'a run of that name is on here, from another tick on',
    { recordings: [one], agreement: agreed(), run: { run: 'one', first: 900 } },
    'end after 1010.2',
  ],
  [
    'the run before is on here, whose end this recorder did not hear of',
    {
      recordings: [recording('before', {}, { phase: 'Failed' }), one],
      agreement: agreed({ shards: 2 }),
      run: { run: 'before', first: 900 },
    },
    'end after 1010.2',
  ],
  [
    'the run before is ending here: nothing is refused for it',
    {
      recordings: [one, two],
      agreement: agreed({ shards: 2 }),
      run: { run: 'before', first: 900, last: 1010.1 },
    },
    'nothing',
  ],
  ['there are recorders in plenty', { recordings: [one], agreement: agreed(), shard: 1 }, 'nothing'],
  [
    'it is of fewer recorders than this one is of',
    { recordings: [one], agreement: agreed({ shards: 2 }), shards: 3 },
    'refuse one: This recorder is one of 3, the run is of 2.',
  ],
  [
    'it is of fewer recorders than this one is of, which is none of them',
    { recordings: [one], agreement: agreed({ shards: 2 }), shard: 2, shards: 3 },
    'nothing',
  ],
  [
    'it was over before this recorder came',
    { recordings: [recording('one', { for: '5s' })], agreement: agreed({ shards: 2 }) },
    'refuse one: The run was over before this recorder came to it.',
  ],
  [
    'its last tick is still to come',
    { recordings: [recording('one', { for: '12s' })], agreement: agreed() },
    'join one',
  ],
  [
    'another is new meanwhile',
    { recordings: [recordingOne, two], agreement: agreed(), run: on },
    'refuse two: Already recording one: stop it first.',
  ],

  // Its end.
  [
    'stop is said: alone a recorder stops at once',
    { recordings: [stopOne], agreement: agreed(), run: on },
    'agree on 1010 as the last tick of one',
  ],
  [
    'stop is said: others have to hear of it first',
    { recordings: [stopOne], agreement: agreed({ shards: 2 }), run: on },
    'agree on 1011 as the last tick of one',
  ],
  [
    'stop was said of what is done',
    { recordings: [recording('one', { stop: true }, { phase: 'Completed' })], agreement: agreed() },
    'nothing',
  ],
  ['the Lease is ahead of the Recordings', { agreement: agreed(), run: on }, 'look for one'],
  [
    'it was deleted',
    { agreement: agreed(), run: on, gone: ['one'] },
    'agree on 1010 as the last tick of one',
  ],
  [
    'it was deleted, and this recorder does not record it',
    { agreement: agreed({ shards: 2 }), gone: ['one'] },
    'agree on 1011 as the last tick of one',
  ],
  [
    'the last tick is agreed on',
    { recordings: [stopOne], agreement: agreed({ last: 1012 }), run: on },
    'end after 1012',
  ],
  [
    'the last tick is agreed on, and told',
    { recordings: [stopOne], agreement: agreed({ last: 1012 }), run: { ...on, last: 1012 } },
    'nothing',
  ],
  [
    'the last tick is that of a run of that name which is another',
    { agreement: agreed({ last: 1005 }), gone: ['one'], run: { run: 'one', first: 1008 } },
    'nothing',
  ],
  [
    'it was stopped here by a call',
    {
      recordings: [recordingOne],
      agreement: agreed(),
      parts: { one: part('Completed') },
      stopped: { one: 1009 },
    },
    'agree on 1009 as the last tick of one',
  ],

  // The next one.
  ['the one before is done', { recordings: [doneOne, two], agreement: agreed() }, 'claim two'],
  ['the one before has failed', { recordings: [failedOne, two], agreement: agreed() }, 'claim two'],
  [
    'the one before is done here, alone, which is not written yet',
    { recordings: [recordingOne, two], agreement: agreed(), parts: { one: part('Completed') } },
    'claim two',
  ],
  [
    'the one before is done here, and not elsewhere',
    { recordings: [recordingOne, two], agreement: agreed({ shards: 2 }), parts: { one: part('Completed') } },
    'nothing',
  ],
  [
    'the one before is gone, and its last tick passed',
    { recordings: [two], agreement: agreed({ last: 1010 }), gone: ['one'] },
    'claim two',
  ],
  [
    'the one before is gone, and its last tick is still to come',
    { recordings: [two], agreement: agreed({ last: 1011, shards: 2 }), gone: ['one'] },
    'nothing',
  ],
  [
    'the one before is gone, and ends here just now',
    { recordings: [two], agreement: agreed({ last: 1010 }), gone: ['one'], run: { ...on, last: 1010 } },
    'nothing',
  ],
  [
    'the one before is being stopped',
    { recordings: [stopOne, two], agreement: agreed({ last: 1012, shards: 2 }), run: { ...on, last: 1012 } },
    'nothing',
  ],
  [
    'the one before was over half a minute ago, and another recorder has told nothing',
    {
      recordings: [
        recording('one', { for: '5s' }, { phase: 'Stopping', shards: { 0: part('Completed') } }),
        two,
      ],
      agreement: agreed({ shards: 2 }),
      now: 1035,
    },
    'claim two',
  ],
];

test.each(cases)('%s', (_, situation, then) => {
  expect(line(reconcile(view(situation)))).toBe(then);
});
