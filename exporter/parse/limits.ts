import type { Bytes } from './reading.ts';

const openFiles = /^Max open files +(\d+|unlimited) /m;

/**
 * The soft limit of open files in /proc/self/limits; Infinity where it is unlimited.
 *
 *     Limit                     Soft Limit           Hard Limit           Units
 *     Max open files            20000                20000                files
 */
export function parseOpenFilesLimit(text: Bytes): number | undefined {
  const soft = openFiles.exec(new TextDecoder().decode(text))?.[1];
  if (soft === undefined) return undefined;
  return soft === 'unlimited' ? Infinity : Number(soft);
}
