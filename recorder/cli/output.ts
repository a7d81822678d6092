import { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import { visibleJson } from '../../exporter/serve/visibleJson.ts';
import type { Verdict } from '../api.ts';

type Format = 'bold' | 'dim' | 'red' | 'yellow' | 'green';

/**
 * Colours where stdout is a terminal that shows them and NO_COLOR is not set, or FORCE_COLOR asks for them;
 * else the bare text. https://no-color.org https://force-color.org
 */
export function paint(format: Format, text: string): string {
  return showsColours(process.stdout) ? styleText(format, text, { validateStream: false }) : text;
}

/** hasColors knows both variables, but only a terminal has it. */
export function showsColours(stream: NodeJS.WriteStream): boolean {
  if (stream.isTTY) return stream.hasColors();
  return process.env['FORCE_COLOR'] !== undefined && WriteStream.prototype.getColorDepth(process.env) > 1;
}

/** Of the terminal, in characters; undefined where there is none. */
export function terminalWidth(): number | undefined {
  // A terminal that does not tell its width says 0.
  return process.stdout.isTTY && process.stdout.columns > 0 ? process.stdout.columns : undefined;
}

/** Writes a line to stdout: what the user asked for. Everything else goes to stderr. */
export function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Writes a line to stderr. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function json(answer: unknown): string {
  return visibleJson(JSON.stringify(answer, undefined, 2));
}

/** The same on one line, where more are to follow. */
export function jsonLine(answer: unknown): string {
  return visibleJson(JSON.stringify(answer));
}

export function verdictWord({ verdict }: Pick<Verdict, 'verdict'>): string {
  return paint(({ valid: 'green', degraded: 'yellow', inconclusive: 'red' } as const)[verdict], verdict);
}
