import { expect, test } from 'vitest';
import { expectAnswers, expectEveryLife, recordChurn, type Sizes } from '../support/churnRun.ts';
import { median } from '../support/scrapes.ts';
import { describeWith, needs } from '../support/needs.ts';

const minute = 60;

/** Medians of the first minute after a minute of warming up, and of the last. */
function growth(sizes: Sizes): Readonly<Record<'first' | 'last', Sizes[number]>> {
  const middle = (part: Sizes) => ({
    resident: median(part.map(({ resident }) => resident)),
    descriptors: median(part.map(({ descriptors }) => descriptors)),
  });
  return { first: middle(sizes.slice(minute, 2 * minute)), last: middle(sizes.slice(-minute - 5, -5)) };
}

describeWith([needs.root, needs.docker], '20 containers born and killed a second, for 5 minutes', () => {
  test('are recorded, each once, and memory and descriptors are flat', async () => {
    const run = await recordChurn(5 * minute, 1);
    process.stderr.write(`${run.churn.lives.size} containers, ${run.churn.ofDocker} of them Docker's\n`);
    for (const name of ['exporter', 'recorder'] as const) {
      const { first, last } = growth(run[name]);
      process.stderr.write(
        `${name}: ${(first.resident / 1e6).toFixed(0)} -> ${(last.resident / 1e6).toFixed(0)} MB, ${first.descriptors} -> ${last.descriptors} descriptors\n`,
      );
      // V8 gives pages back when it likes: garbage of up to 24 MB may be there or not. What a container costs that
      // is never forgotten is over 10 kB: 4,000 of them would be 40 MB.
      expect(last.resident - first.resident).toBeLessThan(24e6);
      // That a few containers more are alive at one time than at another.
      expect(last.descriptors / first.descriptors).toBeLessThan(1.1);
    }
    // What the machine could not start is not what was promised.
    expect(run.churn.lives.size / (5 * minute)).toBeGreaterThan(19);
    expectEveryLife(run);
    expectAnswers(run, 0.05);
  });
});
