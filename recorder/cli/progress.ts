import { clearLine, cursorTo } from 'node:readline';
import type { WriteStream } from 'node:tty';
import { shortened } from './plain.ts';

const barWidth = 24;
/** Of a terminal that does not tell its own. */
const usualWidth = 80;

/** Shows how far a work of known length is. */
export interface Progress {
  /** `share` of the work, 0 to 1, and what to say about it. */
  show(share: number, note: string): void;
  /** Leaves the stream at the start of a line. */
  end(): void;
}

/** A bar that is redrawn on a terminal; on any other stream a line at every quarter of the work. */
export function createProgress(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? bar(stream) : lines(stream);
}

function bar(terminal: WriteStream): Progress {
  return {
    show(share, note) {
      cursorTo(terminal, 0);
      terminal.write(inOneRow(terminal, `${barOf(share)} ${note}`));
      clearLine(terminal, 1);
    },
    end: () => {
      terminal.write('\n');
    },
  };
}

/** `share` of it is done, 0 to 1. */
export function barOf(share: number): string {
  const done = Math.round(Math.min(share, 1) * barWidth);
  return `${'█'.repeat(done)}${'░'.repeat(barWidth - done)}`;
}

/** A line as wide as the terminal would wrap, and the next redrawing would leave it behind. */
export function inOneRow(terminal: WriteStream, line: string): string {
  return shortened(line, (terminal.columns || usualWidth) - 1);
}

function lines(stream: NodeJS.WriteStream): Progress {
  let next = 0.25;
  return {
    show(share, note) {
      if (share < next) return;
      stream.write(`${note}\n`);
      next = (Math.floor(share * 4) + 1) / 4;
    },
    end: () => undefined,
  };
}
