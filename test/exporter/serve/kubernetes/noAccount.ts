import { existsSync } from 'node:fs';
import type { Need } from '../../../support/needs.ts';

/** The library that reads kubectl's configuration takes the ServiceAccount of a pod where there is no such file. */
export const noAccount: Need = () =>
  existsSync('/var/run/secrets/kubernetes.io/serviceaccount/token')
    ? 'the tests run in a pod that has a ServiceAccount'
    : undefined;
