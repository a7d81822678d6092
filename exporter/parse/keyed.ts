import { decimal } from './decimal.ts';
import type { Bytes, Reading, Value } from './reading.ts';
import { nextLine, skipBlanks, wordEnd } from './words.ts';

const colon = 0x3a;

interface Key {
  readonly name: string;
  readonly bytes: Bytes;
}

/**
 * A parser of the files with a key and a number on each line (vmstat, meminfo, /proc/PID/io, memory.stat,
 * cpu.stat, cpuacct.stat, memory.events, memory.oom_control), with or without a colon and a unit:
 *
 *     nr_free_pages 1732507
 *     MemTotal:       24736384 kB
 *     rchar: 6976
 *
 * It gives the keys asked for, in the unit of the file; one that the kernel does not print is undefined.
 */
export function createKeyedParser(keys: readonly string[]): (text: Bytes) => Reading {
  const byLength = groupByLength(keys);
  // All readings of a parser have their fields at the same places, in no more memory than these take.
  const nothing = Object.fromEntries(keys.map((key) => [key, undefined]));
  return (text) => {
    const reading: Record<string, Value | undefined> = { ...nothing };
    for (let line = 0; line < text.length; line = nextLine(text, line)) {
      const start = skipBlanks(text, line);
      const end = wordEnd(text, start);
      const keyEnd = text[end - 1] === colon ? end - 1 : end;
      const name = find(byLength[keyEnd - start] ?? noKeys, text, start);
      if (name === undefined) continue;
      const value = skipBlanks(text, end);
      reading[name] = decimal(text, value, wordEnd(text, value));
    }
    return reading;
  };
}

function groupByLength(keys: readonly string[]): readonly (readonly Key[] | undefined)[] {
  const groups: Key[][] = [];
  for (const name of keys) {
    const bytes = new TextEncoder().encode(name);
    (groups[bytes.length] ??= []).push({ name, bytes });
  }
  return groups;
}

function find(candidates: readonly Key[], text: Bytes, start: number): string | undefined {
  for (const { name, bytes } of candidates) if (isAt(text, start, bytes)) return name;
  return undefined;
}

const noKeys: readonly Key[] = [];

/** Compared from the end, where keys of one length differ: active_anon, active_file. */
function isAt(text: Bytes, start: number, bytes: Bytes): boolean {
  for (let index = bytes.length - 1; index >= 0; index--) {
    if (text[start + index] !== bytes[index]) return false;
  }
  return true;
}
