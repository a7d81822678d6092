import { setTimeout as sleep } from 'node:timers/promises';
import { createCollect } from './collect.ts';
import { createLog } from './serve/log.ts';
import type { ExporterSettings } from './settings.ts';
import { openSources } from './sources.ts';
import { type CheckReport, checkReport } from './checkReport.ts';

/** How long the source of names may take to answer, in milliseconds. */
const patience = 2_000;

/** Makes one collection, and says what it could read and what not. */
export async function checkMachine(settings: ExporterSettings): Promise<CheckReport> {
  const sources = await openSources(settings, createLog('check', 'silent'));
  try {
    const end = Date.now() + patience;
    while (sources.names.pending && Date.now() < end) await sleep(20);
    return checkReport(createCollect(sources)(), sources);
  } finally {
    sources.close();
  }
}
