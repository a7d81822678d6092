import { type Logger, pino } from 'pino';
import { oneOf } from './kinds.ts';
import { setting } from './settings.ts';
import { visibleJson } from './visibleJson.ts';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

export const logLevel = setting(
  'LOG_LEVEL',
  oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
  'info',
  'How much is logged.',
);

/** A JSON log on stderr, one line an entry: stdout is for what the user asked for. */
export function createLog(name: string, level: string): Logger {
  const stderr = pino.destination(2);
  return pino(
    { name, level },
    {
      write: (line) => {
        stderr.write(visibleJson(line));
      },
    },
  );
}
