import type { StatusAnswer } from '../api.ts';
import type { Control } from '../control.ts';
import { freeBytes } from './space.ts';

/** What this recorder tells of itself alone, and of its disk. */
export async function ownStatus(control: Pick<Control, 'status'>, outputDir: string): Promise<StatusAnswer> {
  const bytes = await freeBytes(outputDir);
  return { ...control.status(), ...(bytes !== undefined && { freeBytes: bytes }) };
}
