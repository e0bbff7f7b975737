import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { ADMIN_PASSWORD } from '../admin/administered.ts';
import { MissingProgram } from '../interop/tool.ts';
import { barriersIn, buildPages, launchBrowser } from './browser.ts';

/** Where pictures of the pages go; none are made without it. */
const PICTURES = process.env['LOCKPORT_PICTURES'];
const WIDTHS = [1440, 390];

let browser: Browser | undefined;

before(async () => {
  await buildPages();
  browser = await launchBrowser().catch((error: unknown) => {
    if (error instanceof MissingProgram && process.env['CI'] !== 'true') return undefined;
    throw error;
  });
});
after(() => browser?.close());

/** A test in a browser; it skips where this machine has none. */
export function testInBrowser(title: string, body: (context: TestContext, browser: Browser) => Promise<void>): void {
  test(title, async (context) => {
    if (browser) await body(context, browser);
    else context.skip(new MissingProgram('chromium').message);
  });
}

/**
 * Nothing keeps anybody from using the page, at either width and in either scheme, and nothing is wider than the window. The schemes
 * differ in colours alone.
 */
export async function assertWhole(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of WIDTHS) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      assert.deepEqual(
        await barriersIn(page, { isOfColours: colorScheme === 'dark' }),
        [],
        `${name}, ${width}, ${colorScheme}`,
      );
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
      assert.ok(wide <= width, `${name} is ${wide} wide in a window of ${width}`);
      if (PICTURES === undefined) continue;
      await page.screenshot({ path: join(PICTURES, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

/** Signs in at the console of that port of 127.0.0.1, or of another origin. */
export async function signIn(page: Page, at: number | string, name: string, code = ''): Promise<void> {
  await page.goto(typeof at === 'number' ? `http://127.0.0.1:${at}/` : at);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(ADMIN_PASSWORD);
  await page.getByLabel('Code of your authenticator').fill(code);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
