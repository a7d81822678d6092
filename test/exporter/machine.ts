import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { createLog } from '../../exporter/serve/log.ts';
import { readSettings } from '../../exporter/serve/settings.ts';
import { exporterSettings } from '../../exporter/settings.ts';
import { openSources, type Sources } from '../../exporter/sources.ts';

/** The folder of a machine made of files, with cgroup v1 or v2. */
export function fixtureMachine(version: 'v1' | 'v2'): string {
  return join(import.meta.dirname, `../fixtures/machine-${version}`);
}

/** A copy of it that a test may change. */
export function copyMachine(version: 'v1' | 'v2'): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-machine-'));
  cpSync(fixtureMachine(version), folder, { recursive: true, verbatimSymlinks: true });
  return folder;
}

/** Settings that make a folder stand for the machine, without Docker. */
export function settingsOf(folder: string): Readonly<Record<string, string>> {
  return {
    PROCFS_PATH: join(folder, 'proc'),
    SYSFS_PATH: join(folder, 'sys'),
    FROM_K8S: 'false',
    DOCKER_HOST: `unix://${join(folder, 'no-docker.sock')}`,
  };
}

export async function openMachine(folder: string): Promise<Sources> {
  const sources = await openSources(
    readSettings(exporterSettings, {}, settingsOf(folder)),
    createLog('test', 'silent'),
  );
  // Until it is known that there is no Docker, containers are held back for their names.
  await vi.waitUntil(() => !sources.names.pending);
  return sources;
}
