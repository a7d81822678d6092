import { styleText } from 'node:util';
import { visibleJson } from '../../exporter/serve/visibleJson.ts';
import type { Verdict } from '../api.ts';

type Format = 'bold' | 'dim' | 'red' | 'yellow' | 'green';

/** Colours where stdout is a terminal that shows them and NO_COLOR is not set; else the bare text. */
export function paint(format: Format, text: string): string {
  // On a stream that is no terminal isTTY is undefined and hasColors missing. hasColors knows NO_COLOR.
  const coloured = process.stdout.isTTY && process.stdout.hasColors();
  return coloured ? styleText(format, text, { validateStream: false }) : text;
}

/** Writes a line to stdout: what the user asked for. Everything else goes to stderr. */
export function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}

export function sayJson(answer: unknown): void {
  say(visibleJson(JSON.stringify(answer, undefined, 2)));
}

export function verdictWord({ verdict }: Pick<Verdict, 'verdict'>): string {
  return paint(({ valid: 'green', degraded: 'yellow', inconclusive: 'red' } as const)[verdict], verdict);
}
