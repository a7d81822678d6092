/* oxlint-disable no-restricted-imports -- the one door from the command to the exporter */
/**
 * What the command uses of the exporter, loaded when it is asked for: a process that records never
 * loads what reads the kernel.
 */
import type { CheckReport, MissingReport } from '../../exporter/checkReport.ts';
import type { Log } from '../../exporter/serve/log.ts';
import type {
  ExporterSettings,
  exporterSettings,
  MachineSettings,
  machineSettings,
} from '../../exporter/settings.ts';

export type { CheckReport, ExporterSettings, MissingReport };

/** The declaration of the exporter's settings. */
export type ExporterOptions = typeof exporterSettings;

/** Of those, what `check` needs. */
export type MachineOptions = typeof machineSettings;

export interface Exporter {
  readonly port: number;
  close(): Promise<void>;
}

export async function loadExporterOptions(): Promise<ExporterOptions> {
  const module = await import('../../exporter/settings.ts');
  return module.exporterSettings;
}

export async function loadMachineOptions(): Promise<MachineOptions> {
  const module = await import('../../exporter/settings.ts');
  return module.machineSettings;
}

export async function startExporter(settings: ExporterSettings, log: Log): Promise<Exporter> {
  const module = await import('../../exporter/main.ts');
  return module.startExporter(settings, log);
}

export async function checkMachine(settings: MachineSettings): Promise<CheckReport> {
  const module = await import('../../exporter/check.ts');
  return module.checkMachine(settings);
}
