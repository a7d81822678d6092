/**
 * HEALTHCHECK of the image, where no shell is needed: exit code 0 when an exporter or a recorder answers.
 * The container has one of both roles; its ports are taken from its environment, as the role takes them.
 */
import { isIPv6 } from 'node:net';
import { readSettings } from '../../exporter/serve/settings.ts';
import { recorderSettings } from '../settings.ts';
import { loadExporterOptions } from './exporter.ts';

const { monitorPort } = await loadExporterOptions();
const { port: recorderPort, listenAddress } = recorderSettings;
const settings = readSettings({ monitorPort, recorderPort, listenAddress }, {}, process.env);
const host = settings.listenAddress ?? '127.0.0.1';

const answers = await Promise.allSettled(
  [settings.monitorPort, settings.recorderPort].map(async (port) =>
    fetch(`http://${isIPv6(host) ? `[${host}]` : host}:${port}/healthz`, {
      signal: AbortSignal.timeout(5000),
    }),
  ),
);
process.exit(answers.some((answer) => answer.status === 'fulfilled' && answer.value.ok) ? 0 : 1);
