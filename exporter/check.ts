import { createCollect } from './collect.ts';
import { createLog } from './serve/log.ts';
import type { MachineSettings } from './settings.ts';
import { waitForNames } from './source/openNames.ts';
import { openSources } from './sources.ts';
import { type CheckReport, checkReport } from './checkReport.ts';

/** Makes one collection, and says what it could read and what not. */
export async function checkMachine(settings: MachineSettings): Promise<CheckReport> {
  const sources = await openSources(settings, createLog('check', 'silent'));
  try {
    await waitForNames(sources.names);
    return checkReport(createCollect(sources)(), sources);
  } finally {
    sources.close();
  }
}
