import { nameUnknown } from './errno.ts';

/** What went wrong, in its own words, whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? nameUnknown(thrown.message) : String(thrown);
}
