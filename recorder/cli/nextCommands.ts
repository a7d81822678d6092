import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defaultAddress } from './address.ts';
import { invocation, quoted } from './invocation.ts';

export interface Where {
  /** Of the run that has just been recorded. */
  readonly path: string;
  readonly outputDir: string;
  /** localhost:PORT or https://localhost:PORT of the recorder, where it still serves. */
  readonly host: string | undefined;
  readonly tokenFile: string | undefined;
}

/** Three commands that work as typed after a first run. */
export function nextCommands({ path, outputDir, host, tokenFile }: Where): readonly string[] {
  const kubemon = invocation();
  if (host === undefined) {
    return [`head -n 3 ${quoted(join(path, 'node.csv'))}`, `${kubemon} check`, `${kubemon} local --for 2m`];
  }
  const where = host === defaultAddress ? '' : ` --host ${host}`;
  const token = tokenFile === undefined ? '' : ` --token-file ${quoted(tokenFile)}`;
  return [`start ${freeName(outputDir)} --for 1m`, 'status', 'instances'].map(
    (verb) => `${kubemon} ${verb}${where}${token}`,
  );
}

/** test000, or the next that no run has. */
function freeName(outputDir: string): string {
  for (let number = 0; ; number += 1) {
    const name = `test${String(number).padStart(3, '0')}`;
    if (!existsSync(join(outputDir, name))) return name;
  }
}
