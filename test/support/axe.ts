import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe-core finds wrong with a page as it is now: rules, and what breaks them. */
export async function violations(page: Page): Promise<readonly string[]> {
  const run = 'axe.run(document, { resultTypes: ["violations"] })';
  const isThere = await page.evaluate('typeof axe === "object"');
  // By the debugger, as the page's own policy lets in no script from elsewhere.
  if (isThere !== true) await page.evaluate(await readFile(axe, 'utf8'));
  const { violations: found } = await page.evaluate<AxeResults>(run);
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${html}: ${failureSummary}`),
  );
}
