import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { violations } from '../support/axe.ts';
import { openPage } from '../support/browser.ts';
import { describeWith, needs } from '../support/needs.ts';
import {
  expectNoScrollToTheSide,
  legend,
  recorderOf,
  recordShortly,
  steadyMachine,
} from './page/recorded.ts';

/** What would run, load or break out, were it not text. */
const hostile = `<img src=x onerror="fail()"></td><script>fail()</script>${'long'.repeat(30)}`;

/** A machine whose container and process are called so. */
const hostileMachine: typeof steadyMachine = (collectedAt) => {
  const label = hostile.replaceAll('"', String.raw`\\"`).replaceAll('\\\\', '\\');
  return steadyMachine(collectedAt)
    .replaceAll('container="web-0123456789ab"', `container="${label}"`)
    .replaceAll('comm="sh"', `comm="${label}"`);
};

/** Every view, with all that it can show. */
async function eachView(page: Page, url: string, look: (view: string) => Promise<void>): Promise<void> {
  await page.getByText('Nothing is recording.').waitFor();
  await page.getByRole('link', { name: 'done' }).first().waitFor();
  await look('nothing is recording');
  await page.getByLabel('Name of the run').fill('a b');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('alert').getByText('cannot be the name').waitFor();
  await look('a refusal');
  await page.getByLabel('Name of the run').fill('now');
  await page.getByLabel('Labels').fill(`load=${hostile}`);
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByLabel('Name this moment').fill(hostile);
  await page.getByRole('button', { name: 'Mark' }).click();
  await page.getByText('Marked "').waitFor();
  await expect
    .poll(async () => Object.keys(await legend(page, 'Processes by CPU')), { timeout: 60_000 })
    .toHaveLength(2);
  await look('recording');
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('dialog').waitFor();
  await look('a question');
  await page.getByRole('dialog').getByRole('button', { name: 'Stop recording' }).click();
  await page.getByText(/^Stopped collector: now is /).waitFor();
  await page.goto(`${url}/#/runs/now`);
  await page.getByRole('heading', { name: 'Files' }).waitFor();
  await expect
    .poll(async () => Object.keys(await legend(page, 'Processes by CPU')), { timeout: 60_000 })
    .toHaveLength(2);
  await look('a run');
}

describeWith([needs.browser], 'the page is for everyone', () => {
  test.each(['light', 'dark'] as const)(
    'axe finds nothing wrong with any view, %s; texts of others are text',
    async (colorScheme) => {
      const recorder = await recorderOf(hostileMachine);
      await recordShortly(recorder, 'done');
      const { page, faults } = await openPage(recorder.url, { colorScheme });
      await eachView(page, recorder.url, async (view) => {
        expect([view, await violations(page)]).toEqual([view, []]);
        expect(await page.locator('img, main script').count()).toBe(0);
      });
      expect(Object.keys(await legend(page, 'Containers by CPU')).toSorted()).toEqual([
        hostile,
        'web-abcdef012345',
      ]);
      expect(await page.getByRole('cell', { name: hostile, exact: true }).innerText()).toBe(hostile);
      expect(await page.getByRole('definition').filter({ hasText: hostile }).count()).toBe(1);
      expect(faults).toEqual([]);
    },
  );

  test('on a phone of 360 pixels nothing has to be moved to the side', async () => {
    const recorder = await recorderOf(hostileMachine);
    await recordShortly(recorder, 'done');
    const { page, faults } = await openPage(recorder.url, { viewport: { width: 360, height: 740 } });
    await eachView(page, recorder.url, () => expectNoScrollToTheSide(page));
    expect(faults).toEqual([]);
  });

  test('a run is started, marked, stopped, looked at and deleted with the keyboard alone', async () => {
    const recorder = await recorderOf();
    const { page, faults } = await openPage(recorder.url);
    await page.getByLabel('Name of the run').waitFor();
    const focused = () =>
      page.evaluate<string>('document.activeElement.id || document.activeElement.innerText');
    const tabTo = async (name: string) => {
      for (let presses = 0; presses < 60; presses += 1) {
        await page.keyboard.press('Tab');
        if ((await page.locator(':focus').count()) > 0 && (await focused()) === name) return;
      }
      throw new Error(`Tab never came to ${name}.`);
    };
    await tabTo('run');
    await page.keyboard.type('keys');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Recording' }).waitFor();
    // The form that had the focus is gone: it goes on from the top of the content.
    await expect.poll(focused).toBe('Recorder');
    await tabTo('mark');
    await page.keyboard.type('now');
    await page.keyboard.press('Enter');
    await page.getByText('Marked "now".').waitFor();
    expect(await focused()).toBe('mark');
    await tabTo('Stop');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused()).toBe('Stop');
    await page.keyboard.press('Enter');
    await tabTo('Stop recording');
    await page.keyboard.press('Enter');
    await page.getByText(/^Stopped collector: keys is /).waitFor();
    await tabTo('keys');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Files' }).waitFor();
    await expect.poll(focused).toMatch(/^keys/);
    await tabTo('Delete run');
    await page.keyboard.press('Enter');
    await tabTo('Delete');
    await page.keyboard.press('Enter');
    await page.getByText('Deleted run keys.').waitFor();
    expect(faults).toEqual([]);
  });
});
