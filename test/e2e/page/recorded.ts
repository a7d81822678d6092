import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { type Exposition, kubemon, loopbackExporter, machine } from '../../recorder/run/loopbackExporter.ts';
import { loopbackRecorder, type LoopbackRecorder } from '../../recorder/run/loopbackRecorder.ts';

/** A machine that uses one CPU, 1 GiB of memory, and receives 100 bytes a second. */
export const steadyMachine: Exposition = (collectedAt) =>
  machine('one')(collectedAt)
    .replace(/^kubemon_node_cpu_seconds_total.*\n/m, (user) =>
      [
        user.trim(),
        ...['nice', 'system', 'irq', 'softirq'].map(
          (mode) => `kubemon_node_cpu_seconds_total{mode="${mode}"} 5`,
        ),
        '',
      ].join('\n'),
    )
    .replace(
      /^kubemon_node_memory_total_bytes .*\n/m,
      'kubemon_node_memory_total_bytes 3221225472\nkubemon_node_memory_available_bytes 2147483648\n',
    )
    .replaceAll(
      /^kubemon_process_cpu_user_seconds_total(.*) .*\n/gm,
      (user, labels: string) => `${user}kubemon_process_cpu_system_seconds_total${labels} 2\n`,
    );

/** A recorder of one machine, until the test is over. */
export async function recorderOf(
  exposition: Exposition = steadyMachine,
  settings: Readonly<Record<string, string>> = {},
): Promise<LoopbackRecorder> {
  const exporter = await loopbackExporter(kubemon(exposition));
  onTestFinished(exporter.close);
  const recorder = await loopbackRecorder({ one: exporter.url }, { COLLECT_INTERVAL: '0.5', ...settings });
  onTestFinished(() => recorder.close());
  return recorder;
}

/** Records for two seconds. */
export async function recordShortly(recorder: LoopbackRecorder, run: string): Promise<void> {
  const ended = recorder.ended();
  await recorder.control.start({ run, for: 2 });
  await ended;
}

/** A file that holds the token. */
export async function tokenFile(token: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kubemon-token-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'token'), token);
  return join(folder, 'token');
}

/** Presses a button and, in the dialog that follows, the one that means it. */
export async function pressAndConfirm(page: Page, button: string, confirm: string): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: confirm, exact: true }).click();
}

/** The values in the legend of a chart: by line, those now, mean and max. */
export async function legend(
  page: Page,
  chart: string,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const rows = chartOf(page, chart).locator('tbody tr');
  const found: Record<string, readonly string[]> = {};
  for (const row of await rows.all()) {
    found[(await row.locator('th').innerText()).trim()] = await row.locator('td').allInnerTexts();
  }
  return found;
}

export function chartOf(page: Page, chart: string) {
  return page.locator('section.chart', { has: page.getByRole('heading', { name: chart }) });
}

/** Fails when the page can be moved to the side. */
export async function expectNoScrollToTheSide(page: Page): Promise<void> {
  const widths = 'const { scrollWidth, clientWidth } = document.documentElement; [scrollWidth, clientWidth]';
  const [wanted, given] = await page.evaluate<readonly number[]>(widths);
  expect(wanted).toBe(given);
}
