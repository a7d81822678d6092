import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { browserPath } from './browserPath.ts';

/** A page in a browser of its own, until the test is over. */
export interface OpenPage {
  readonly page: Page;
  /** What a page should never do: errors on the console, violations of its policy, requests to other hosts. */
  readonly faults: readonly string[];
}

export async function openPage(url: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const browser = await chromium.launch({
    executablePath: browserPath() ?? '',
    // Chromium's own sandbox takes a user other than root.
    chromiumSandbox: process.getuid?.() !== 0,
  });
  onTestFinished(() => browser.close());
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    // What the recorder refuses, and that it is away, Chromium tells there, too.
    const isNetwork = message.text().startsWith('Failed to load resource');
    if (['error', 'warning'].includes(message.type()) && !isNetwork) faults.push(message.text());
  });
  page.on('pageerror', (error) => {
    faults.push(String(error));
  });
  page.on('request', (request) => {
    const { host, protocol } = new URL(request.url());
    if (host !== new URL(url).host && protocol !== 'blob:') faults.push(`request to ${request.url()}`);
  });
  page.setDefaultTimeout(60_000);
  await page.goto(url);
  return { page, faults };
}
