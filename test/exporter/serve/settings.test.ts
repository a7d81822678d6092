import { Command } from 'commander';
import { expect, test } from 'vitest';
import { integer, words } from '../../../exporter/serve/kinds.ts';
import {
  addSettings,
  optional,
  readSettings,
  setting,
  SettingError,
} from '../../../exporter/serve/settings.ts';

const settings = {
  monitorPort: setting('MONITOR_PORT', integer(0, 65_535), '9822', 'Where it listens.'),
  namespaces: setting('NAMESPACES', words, '', 'Which to show.'),
  nodeName: optional('NODE_NAME', String, 'the host name', 'What it is called.'),
};

/** As the command does: flags by commander, the rest by the environment. */
function read(args: readonly string[], environment: Readonly<Record<string, string>>) {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  addSettings(command, settings);
  command.parse([...args], { from: 'user' });
  return readSettings(settings, command.opts(), environment);
}

test('a default stands where nothing is given; an empty variable or flag is nothing', () => {
  const defaults = { monitorPort: 9822, namespaces: [], nodeName: undefined };
  expect(read([], {})).toEqual(defaults);
  expect(read([], { MONITOR_PORT: '', NAMESPACES: '', NODE_NAME: '' })).toEqual(defaults);
  expect(read(['--node-name', ''], {})).toEqual(defaults);
});

test('a variable stands before the default, a flag before the variable', () => {
  const environment = { MONITOR_PORT: '1', NODE_NAME: 'a' };
  expect(read([], environment)).toEqual({ monitorPort: 1, namespaces: [], nodeName: 'a' });
  const args = ['--monitor-port', '2', '--namespaces', 'shop, db', '--node-name=b'];
  expect(read(args, environment)).toEqual({ monitorPort: 2, namespaces: ['shop', 'db'], nodeName: 'b' });
});

test('a wrong value is refused in a sentence that names variable, flag, value and what is allowed', () => {
  const sentence = 'MONITOR_PORT (--monitor-port) is "http", but it must be a whole number from 0 to 65535.';
  expect(() => read([], { MONITOR_PORT: 'http' })).toThrow(new SettingError(sentence));
  expect(() => read(['--monitor-port', 'http'], {})).toThrow(new SettingError(sentence));
});

test('an error that is not about the value is not made into one', () => {
  const failing = { broken: setting('BROKEN', (value) => new URL(value), 'x', '') };
  expect(() => readSettings(failing, {}, {})).toThrow(TypeError);
});

test('the help lists every flag with its variable and default', () => {
  const command = new Command();
  addSettings(command, settings);
  const help = command.helpInformation().replaceAll(/\s+/g, ' ');
  expect(help).toContain('--monitor-port <value> Where it listens. [MONITOR_PORT, default: 9822]');
  expect(help).toContain('--namespaces <value> Which to show. [NAMESPACES, default: empty]');
  expect(help).toContain('--node-name <value> What it is called. [NODE_NAME, default: the host name]');
});
