import type { Log } from '../../../exporter/serve/log.ts';

/** A log whose lines can be looked at: "info Connected to …". */
export function recordedLog(): { readonly log: Log; readonly lines: readonly string[] } {
  const lines: string[] = [];
  function record(level: string): Log['info'] {
    return (...parts: readonly unknown[]) => {
      lines.push([level, ...parts].join(' '));
    };
  }
  return {
    log: { debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error') },
    lines,
  };
}
