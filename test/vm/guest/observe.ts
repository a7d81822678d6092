/** Runs in the virtual machine: leaves what observe() saw there in /out/observation.json. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { observe } from '../../support/observe.ts';

// Of this the machine that runs the tests may have none: /proc/PID/stat then has no I/O wait to compare.
execFileSync('sysctl', ['-q', 'kernel.task_delayacct=1']);
writeFileSync('/out/observation.json', JSON.stringify(await observe('vm')));
