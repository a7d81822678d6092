import { expect, test } from 'vitest';
import { expectAnswers, expectEveryLife, rateFor, recordChurn } from '../support/churnRun.ts';
import { describeWith, needs } from '../support/needs.ts';

const interval = 2;

describeWith([needs.root, needs.docker], '20 containers born and killed a second', () => {
  test('are recorded, each once, in bounded memory and with bounded descriptors', async () => {
    const run = await recordChurn(25, interval);
    expect(run.churn.lives.size).toBeGreaterThan(400);
    expectEveryLife(run);
    // Two hundred are alive at a time, with some 25 files each.
    const rate = rateFor(interval);
    const alive = (rate.ofDocker + rate.standIns) * (rate.secondsAlive + 1);
    for (const { resident, descriptors } of run.exporter) {
      expect(resident).toBeLessThan(250e6);
      expect(descriptors).toBeLessThan(100 + alive * 30);
    }
    for (const { resident, descriptors } of run.recorder) {
      expect(resident).toBeLessThan(300e6);
      expect(descriptors).toBeLessThan(100);
    }
    expectAnswers(run, 0.25);
  });
});
