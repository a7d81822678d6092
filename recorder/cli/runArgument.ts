import { statSync } from 'node:fs';

/** Whether a run is named by its folder here: a path has a slash in it; a name alone may be that of a folder here. */
export function isFolder(run: string): boolean {
  return run.includes('/') || statSync(run, { throwIfNoEntry: false })?.isDirectory() === true;
}
