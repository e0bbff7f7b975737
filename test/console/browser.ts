import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { MissingProgram } from '../interop/tool.ts';

const BUILD = fileURLToPath(new URL('../../scripts/build-pages.ts', import.meta.url));
/** A page that answers on loopback is there within that, on a machine that does much else. */
const PATIENCE_MS = 60_000;

/**
 * What the system has, never one that a package brings.
 * @param trusted public keys that certificates may have whoever signed them: SHA-256 of each, in base64
 * @throws MissingProgram
 */
export async function launchBrowser(...trusted: readonly string[]): Promise<Browser> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const executablePath = join(directory, 'chromium');
    const isThere = await access(executablePath, constants.X_OK).then(
      () => true,
      () => false,
    );
    // Its sandbox is not for root, and every page is ours.
    const trust = `--ignore-certificate-errors-spki-list=${trusted.join(',')}`;
    const args = ['--no-sandbox', '--disable-dev-shm-usage', ...(trusted.length > 0 ? [trust] : [])];
    if (isThere) return chromium.launch({ executablePath, args });
  }
  throw new MissingProgram('chromium');
}

/** The pages as the sources are now: a start reads what was built last. */
export async function buildPages(directory?: string): Promise<void> {
  await promisify(execFile)(process.execPath, [BUILD, ...(directory === undefined ? [] : [directory])]);
}

/** A window of somebody who has visited nothing yet, and what went wrong in it. */
export async function openWindow(
  browser: Browser,
  locale = 'en-GB',
): Promise<{ readonly page: Page; readonly window: BrowserContext; readonly errors: readonly string[] }> {
  const window = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale });
  window.setDefaultTimeout(PATIENCE_MS);
  const errors: string[] = [];
  const page = await window.newPage();
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    // The browser tells every answer of 400 and above as an error of its own.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      errors.push(message.text());
  });
  return { page, window, errors };
}

const ALL_RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * What axe finds of WCAG 2.2 AA, in words. It runs in a world of its own: the page's policy lets nobody add a script.
 * @param isOfColours looks for what depends on colours alone
 */
export async function barriersIn(page: Page, { isOfColours }: { readonly isOfColours: boolean }) {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  const evaluate = async (expression: string): Promise<unknown> => {
    const outcome = await session.send('Runtime.evaluate', {
      expression,
      contextId: executionContextId,
      awaitPromise: true,
      returnByValue: true,
    });
    if (outcome.exceptionDetails) throw new Error(outcome.exceptionDetails.exception?.description ?? 'axe failed');
    return outcome.result.value;
  };
  await evaluate(`${axe.source};0`);
  const runOnly = isOfColours ? { type: 'rule', values: ['color-contrast'] } : ALL_RULES;
  const found = await evaluate(`axe.run(document, ${JSON.stringify({ runOnly })})
    .then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | ')))`);
  await session.detach();
  return found as readonly string[];
}
