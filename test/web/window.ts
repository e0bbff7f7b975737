import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { readFilePages } from '../../src/service/built-pages.ts';
import { startTestWeb, type TestWeb, type TestWebOptions } from '../../src/testing/running-web.ts';
import { openWindow } from '../console/browser.ts';
import { testInBrowser } from '../console/in-browser.ts';

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
  testInBrowser(title, async (context, browser) => {
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
