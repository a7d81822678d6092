import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { openPage } from '../support/browser.ts';
import { startExporter } from '../support/exporter.ts';
import { docker, makeImage } from '../support/fleet.ts';
import { startRecorder } from '../support/recorderProcess.ts';
import { chartOf } from '../e2e/page/recorded.ts';

/** Where the images of the README's page are made anew: KUBEMON_IMAGES=.images, with a Docker at DOCKER_HOST. */
const folder = process.env['KUBEMON_IMAGES'];

const count = 'n=0; while [ $n -lt 60000 ]; do n=$((n+1)); done';
const scripts = {
  'shop-web': `while :; do ${count}; sleep 3; done`,
  'shop-db': 'while :; do dd if=/dev/zero of=/tmp/f bs=64k count=100 conv=fsync 2>/dev/null; sleep 1; done',
  'shop-cache': `while :; do ${count}; sleep 9; done`,
} as const;

async function startContainer(name: string, script: string, ...options: readonly string[]): Promise<void> {
  await docker('run', '-d', '--name', name, ...options, makeImage(), 'sh', '-c', script);
  onTestFinished(async () => {
    await docker('rm', '-f', name);
  });
}

test.runIf(folder !== undefined)(
  'images of the page, of a real run of real containers',
  { timeout: 600_000 },
  async () => {
    const data = await mkdtemp(join(tmpdir(), 'kubemon-images-'));
    onTestFinished(() => rm(data, { recursive: true }));
    for (const [name, script] of Object.entries(scripts)) await startContainer(name, script);
    const exporter = await startExporter({ NODE_NAME: 'node-1', DISK_EXCLUDE: '^(loop|ram|fd|sr)' });
    onTestFinished(() => exporter.stop());
    const recorder = await startRecorder(data, { 'node-1': `http://${exporter.address}/metrics` });
    onTestFinished(async () => {
      await recorder.stop();
    });

    async function picture(
      name: string,
      hash: string,
      options: BrowserContextOptions,
      isLong = false,
    ): Promise<void> {
      const { page } = await openPage(`http://${recorder.address}/${hash}`, options);
      await chartOf(page, 'Processes by memory').locator('tbody tr').first().waitFor();
      // The next tick, with which all charts are of one moment.
      await page.waitForTimeout(6000);
      const path = join(folder ?? '', `${name}.png`);
      await page.screenshot({ path, fullPage: isLong });
      expect((await stat(path)).size).toBeLessThan(250_000);
    }

    await recorder.client.start('baseline', { interval: 5, for: 20 });
    await recorder.idle();
    await recorder.client.start('load-high', { interval: 5, for: 600, labels: { load: 'high' } });
    await recorder.ticks(12);
    await recorder.client.mark('load on');
    await startContainer('shop-load', 'while :; do :; done', '--cpus', '0.5');
    await recorder.ticks(24);
    await docker('kill', 'shop-load');
    await recorder.client.mark('load off');
    await recorder.ticks(32);
    await picture('page', '', { viewport: { width: 1180, height: 1010 } });
    await picture('page-dark', '', { viewport: { width: 1180, height: 1010 }, colorScheme: 'dark' });
    await picture('page-phone', '', { viewport: { width: 360, height: 900 } });
    await recorder.client.stop();
    await picture('page-run', '#/runs/load-high', { viewport: { width: 1180, height: 1230 } });
  },
);
