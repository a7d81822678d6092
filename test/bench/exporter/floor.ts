import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startAsked } from './asked.ts';

/** The program that only reads. */
export interface Floor {
  readonly files: number;
  /** Reads every file once. The CPU that it took, in seconds. */
  pass(): Promise<number>;
  stop(): Promise<void>;
}

/** So many a process, for a limit of open files that is low. */
const filesEach = 8000;

/** @param program floor.c, compiled. @param folder for the lists of files. */
export async function startFloor(program: string, files: readonly string[], folder: string): Promise<Floor> {
  const readers: Floor[] = [];
  const stop = async () => {
    await Promise.all(readers.map(async (reader) => reader.stop()));
  };
  try {
    for (let start = 0; start < files.length; start += filesEach) {
      readers.push(await startReader(program, files.slice(start, start + filesEach), folder));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    files: readers.reduce((sum, reader) => sum + reader.files, 0),
    pass: async () => {
      let seconds = 0;
      for (const reader of readers) seconds += await reader.pass();
      return seconds;
    },
    stop,
  };
}

async function startReader(program: string, files: readonly string[], folder: string): Promise<Floor> {
  const list = join(folder, 'floor.list');
  writeFileSync(list, files.map((path) => `${path}\n`).join(''));
  const { listen, ask, stop } = startAsked(program, [list]);
  const opened = Number(await listen());
  // A process may end now and then, but a floor without its files would be too low.
  if (opened < files.length * 0.99) {
    await stop();
    throw new Error(`The floor could open ${opened} of ${files.length} files only.`);
  }
  return {
    files: opened,
    pass: async () => Number(await ask()) / 1e9,
    stop,
  };
}
