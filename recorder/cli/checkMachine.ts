/* oxlint-disable no-restricted-imports -- makes a collection with the exporter's own code */
import { setTimeout as sleep } from 'node:timers/promises';
import { createCollect } from '../../exporter/collect.ts';
import { createLog } from '../../exporter/serve/log.ts';
import type { ExporterSettings } from '../../exporter/settings.ts';
import { reasons } from '../../exporter/source/unavailable.ts';
import { openSources } from '../../exporter/sources.ts';
import { type CheckReport, checkReport } from './checkReport.ts';

/** How long the source of names may take to answer, in milliseconds. */
const patience = 2_000;

/** Makes one collection with the exporter's own code. Loaded by `kubemon check` alone. */
export async function checkMachine(settings: ExporterSettings): Promise<CheckReport> {
  const sources = openSources(settings, createLog('check', 'silent'));
  try {
    const end = Date.now() + patience;
    while (sources.names.pending && Date.now() < end) await sleep(20);
    return checkReport(createCollect(sources)(), sources, reasons);
  } finally {
    sources.close();
  }
}
