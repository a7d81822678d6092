import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { testAgreement } from '../support/agreement.ts';
import { runInMachine } from '../support/machine.ts';
import { describeWith, needs } from '../support/needs.ts';
import type { Observation } from '../support/observe.ts';

describeWith([needs.vm], "the exporter beside a kernel with cgroup v2 and Docker's systemd driver", () => {
  let observation: Observation;
  beforeAll(async () => {
    const out = await runInMachine('observe');
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the same build of observe()
    observation = JSON.parse(readFileSync(`${out}/observation.json`, 'utf8')) as Observation;
  }, 900_000);

  test('the cgroups are of version 2', () => {
    expect(observation.cgroupVersion).toBe('2');
  });

  testAgreement(() => observation);
});
