import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that is not there yet, in one that is gone after the test. */
export function outputFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-export-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return join(folder, 'out');
}
