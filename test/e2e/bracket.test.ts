import { beforeAll } from 'vitest';
import { testAgreement } from '../support/agreement.ts';
import { describeWith, needs } from '../support/needs.ts';
import { observe, type Observation } from '../support/observe.ts';

describeWith([needs.root, needs.docker], 'the exporter beside the kernel of this machine', () => {
  let observation: Observation;
  beforeAll(async () => {
    observation = await observe('e2e');
  });

  testAgreement(() => observation);
});
