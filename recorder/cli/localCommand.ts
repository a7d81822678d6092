import { type Command, Option } from 'commander';
import { duration } from '../../exporter/serve/kinds.ts';
import { logLevel } from '../../exporter/serve/log.ts';
import { addSettings, readSettings, type Setting } from '../../exporter/serve/settings.ts';
import { examples } from './examples.ts';
import type { ExporterOptions } from './exporter.ts';
import { interval, recorderSettings } from '../settings.ts';
import { allowed } from './clientCommand.ts';

/** The log of a healthy start would tear the progress bar. */
const quiet = 'warn';

/**
 * TLS and token are for the recorder. Its exporter, on the loopback, is asked by nobody else: it need
 * neither prove who it is nor ask who calls.
 */
const open = {
  flags: { tlsCertFile: '', tlsKeyFile: '', authTokenFile: '' },
  environment: { TLS_CERT_FILE: '', TLS_KEY_FILE: '', AUTH_TOKEN_FILE: '' },
};

interface LocalFlags {
  readonly run?: string;
  readonly for: number;
  readonly interval: number;
  readonly once?: boolean;
}

/** local: all of kubemon on this machine. */
export function addLocalCommand(program: Command, exporterOptions: ExporterOptions): void {
  const command = program
    .command('local')
    .description('record a first run of this machine, then keep serving until Ctrl-C')
    .addHelpText(
      'after',
      examples('kubemon local', 'kubemon local --once --run demo --for 2m --interval 0.5'),
    )
    .option('--run <name>', 'Name of the run. [default: local- and the time in UTC]')
    .option('--for <duration>', 'Length of the first run: 90, 90s, 10m, 1h.', allowed(duration), 30)
    .addOption(
      // A first run of 30 s would have 6 ticks at the recorder's own default of 5 s.
      new Option('--interval <seconds>', 'Seconds between the ticks of the first run.')
        .env('COLLECT_INTERVAL')
        .default(1)
        .argParser(allowed(interval, 1)),
    )
    .option('--once', 'End after the first run.');
  addSettings(command, localSettings(exporterOptions));
  command.action(async () => {
    const first = command.opts<LocalFlags>();
    const flags = textOnly(command.opts());
    const environment = { LOG_LEVEL: quiet, ...process.env, LISTEN_ADDRESS: '127.0.0.1' };
    const recorder = readSettings(recorderSettings, flags, environment);
    const ofExporter = {
      flags: { ...flags, ...open.flags },
      environment: { ...environment, ...open.environment },
    };
    const exporter = readSettings(exporterOptions, ofExporter.flags, ofExporter.environment);
    const { local } = await import('./local.ts');
    await local({ ...first, ...ofExporter, exporter, recorder });
  });
}

/** The settings of both, without those that `local` decides itself, and with a quieter log. */
function localSettings(exporterOptions: ExporterOptions): Record<string, Setting<unknown>> {
  const decided = new Set(['LISTEN_ADDRESS', 'COLLECT_INTERVAL', 'LOG_LEVEL', 'SERVICE_NAME']);
  const settings: readonly Setting<unknown>[] = [
    ...Object.values(exporterOptions),
    ...Object.values(recorderSettings),
  ];
  const others = settings.filter(({ env }) => !decided.has(env));
  return Object.fromEntries([...others, { ...logLevel, default: quiet }].map((item) => [item.env, item]));
}

/** The flags of settings: as typed. */
function textOnly(flags: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(flags).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
