import type { Answer } from '../scrape/answer.ts';
import { cell, numberCell, rowsOf } from './cell.ts';

/** What a kubemon exporter tells of itself and its machine. Absent where an answer did not tell. */
export interface MachineFacts {
  readonly kernel?: string;
  readonly cpus?: number;
  readonly memoryBytes?: number;
  readonly cgroupVersion?: string;
  readonly exporterVersion?: string;
}

export function machineFacts(answer: Answer): MachineFacts {
  const [node] = rowsOf(answer, 'node');
  const info = answer.infos.find(({ name }) => name === 'kubemon_node_info')?.labels;
  const cpus = node && finite(numberCell(node, 'cpus'));
  const memoryBytes = node && finite(numberCell(node, 'memory_total_bytes'));
  const version = exporterVersion(answer);
  return {
    ...(info?.['kernel'] !== undefined && { kernel: info['kernel'] }),
    ...(cpus !== undefined && { cpus }),
    ...(memoryBytes !== undefined && { memoryBytes }),
    ...(info?.['cgroup_version'] !== undefined && { cgroupVersion: info['cgroup_version'] }),
    ...(version !== undefined && { exporterVersion: version }),
  };
}

/** NaN and +Inf, which may be scraped, are nothing that JSON has. */
function finite(value: number | undefined): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** What must stay the same for a node's counters to go on. */
export function nodeIdentity(answer: Answer): { readonly bootId: string; readonly exporterStart: string } {
  const info = answer.infos.find(({ name }) => name === 'kubemon_node_info')?.labels;
  const [node] = rowsOf(answer, 'node');
  return {
    bootId: info?.['boot_id'] ?? (node && cell(node, 'boot_time_seconds')) ?? '',
    exporterStart: answer.own.get('process_start_time_seconds') ?? '',
  };
}

/** Reads `kubemon_exporter_build_info{version="1.2.3",…} 1`. */
function exporterVersion(answer: Answer): string | undefined {
  for (const series of answer.own.keys()) {
    if (series.startsWith('kubemon_exporter_build_info{')) {
      return /[{,]version="([^"\\]*)"/.exec(series)?.[1];
    }
  }
  return undefined;
}
