import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { readFilePages } from '../../src/service/web/file-pages.ts';
import { startTestWeb, type TestWeb, type TestWebOptions } from '../../src/testing/running-web.ts';
import { barriersIn, buildPages, launchBrowser, openWindow } from '../console/browser.ts';
import { MissingProgram } from '../interop/tool.ts';

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

/** A server with the pages, and a window in which nobody has signed in. */
export interface OpenPages {
  readonly server: TestWeb;
  readonly page: Page;
  readonly context: TestContext;
  /** Signs in, and waits for the files. */
  readonly signIn: (user?: string, password?: string) => Promise<void>;
}

interface PagesOptions extends TestWebOptions {
  /** Where the browser goes instead of the server. */
  readonly through?: (server: TestWeb, context: TestContext) => Promise<string>;
}

/** A test in a browser, against a real server; it skips where this machine has no browser. Nothing may go wrong in the page. */
export function testPages(
  title: string,
  body: (pages: OpenPages) => Promise<void>,
  { through, ...options }: PagesOptions = {},
): void {
  test(title, async (context) => {
    if (!browser) return context.skip(new MissingProgram('chromium').message);
    await using server = await startTestWeb({ isPlain: true, pages: await readFilePages(), ...options });
    const { page, window, errors } = await openWindow(browser);
    const origin = (await through?.(server, context)) ?? server.origin;
    const signIn = async (user = 'alice', password = 'wonderland') => {
      await page.getByLabel('Name', { exact: true }).fill(user);
      await page.getByLabel('Password', { exact: true }).fill(password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('navigation', { name: 'Where you are' }).waitFor();
    };
    try {
      await page.goto(`${origin}/`);
      await body({ server, page, context, signIn });
      assert.deepEqual(errors, []);
    } finally {
      await window.close();
    }
  });
}

/** Nothing keeps anybody from using the page, at either width and in either scheme, and nothing is wider than the window. */
export async function assertWhole(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of WIDTHS) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: width === 390 ? 780 : 900 });
      assert.deepEqual(
        await barriersIn(page, { isOfColours: colorScheme === 'dark' }),
        [],
        `${name}, ${width}, ${colorScheme}`,
      );
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
      assert.ok(wide <= width, `${name} is ${wide} wide in a window of ${width}`);
      if (PICTURES === undefined) continue;
      await page.screenshot({ path: join(PICTURES, `${name}-${width}-${colorScheme}.png`) });
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}
