import { readFileSync } from 'node:fs';
import { parseOpenFilesLimit } from '../parse/limits.ts';

/** What a login has unless it is changed. */
const commonLimit = 1024;

/** How many files this process may have open: its own limit, wherever PROCFS_PATH leads. */
export function openFilesLimit(): number {
  try {
    return parseOpenFilesLimit(readFileSync('/proc/self/limits')) ?? commonLimit;
  } catch {
    return commonLimit;
  }
}
