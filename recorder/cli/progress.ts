import { clearLine, cursorTo } from 'node:readline';
import type { WriteStream } from 'node:tty';
import { characters } from './plain.ts';

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
      const done = Math.round(Math.min(share, 1) * barWidth);
      const line = `${'█'.repeat(done)}${'░'.repeat(barWidth - done)} ${note}`;
      cursorTo(terminal, 0);
      // A line as wide as the terminal would wrap, and the next redrawing would leave it behind.
      terminal.write(
        characters(line)
          .slice(0, (terminal.columns || usualWidth) - 1)
          .join(''),
      );
      clearLine(terminal, 1);
    },
    end: () => {
      terminal.write('\n');
    },
  };
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
