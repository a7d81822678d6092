/**
 * HEALTHCHECK of the image, where no shell is needed: exit code 0 when an exporter or a recorder answers.
 * The container has one of both roles; its ports are taken from its environment, as the role takes them.
 */
import { isIPv6 } from 'node:net';
import { Agent, fetch } from 'undici';
import { readSettings } from '../../exporter/serve/settings.ts';
import { recorderSettings } from '../settings.ts';
import { loadExporterOptions } from './exporter.ts';

const { monitorPort } = await loadExporterOptions();
const { port: recorderPort, listenAddress, tlsCertFile } = recorderSettings;
const settings = readSettings({ monitorPort, recorderPort, listenAddress, tlsCertFile }, {}, process.env);
const host = settings.listenAddress ?? '127.0.0.1';
const scheme = settings.tlsCertFile === undefined ? 'http' : 'https';
// It asks its own container, whom no certificate need name; nothing is sent, and only a status read.
const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });

const answers = await Promise.allSettled(
  [settings.monitorPort, settings.recorderPort].map(async (port) =>
    fetch(`${scheme}://${isIPv6(host) ? `[${host}]` : host}:${port}/healthz`, {
      dispatcher,
      signal: AbortSignal.timeout(5000),
    }),
  ),
);
process.exit(answers.some((answer) => answer.status === 'fulfilled' && answer.value.ok) ? 0 : 1);
