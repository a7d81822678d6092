import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Many files that grow in turns; none of them stays open, and little of them is in memory. */
export interface InstanceFiles {
  add(path: string, line: string): Promise<void>;
  end(): Promise<void>;
}

const mostWaiting = 8 << 20;

/** @param header the first line of each. */
export function createInstanceFiles(folder: string, header: string): InstanceFiles {
  const waiting = new Map<string, string[]>();
  const known = new Set<string>();
  let length = 0;

  async function flush(): Promise<void> {
    for (const [path, lines] of waiting) await appendFile(join(folder, path), lines.join(''));
    waiting.clear();
    length = 0;
  }

  return {
    async add(path, line) {
      if (!known.has(path)) {
        known.add(path);
        await mkdir(dirname(join(folder, path)), { recursive: true });
        waiting.set(path, [header]);
      }
      const lines = waiting.get(path) ?? [];
      waiting.set(path, lines);
      lines.push(line);
      length += line.length;
      if (length > mostWaiting) await flush();
    },
    end: flush,
  };
}
