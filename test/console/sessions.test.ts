import assert from 'node:assert/strict';
import { administered } from '../admin/administered.ts';
import { openWindow } from './browser.ts';
import { signIn, testInBrowser } from './in-browser.ts';

testInBrowser(
  'who guesses at the console is banned from the whole server, and is told so',
  async (context, browser) => {
    const environment = { LOCKPORT_LIMITS_BAN_AFTER_FAILED_LOGINS: '3', LOCKPORT_LIMITS_FAILED_LOGIN_DELAY_MS: '1' };
    const { port, server } = await administered(context, { environment });
    const { page, window } = await openWindow(browser);
    await page.goto(`http://127.0.0.1:${port}/`);
    for (const guess of ['one', 'two', 'three']) {
      await page.getByLabel('Name').fill('anna');
      await page.getByLabel('Password').fill(guess);
      const answered = page.waitForResponse('**/api/v1/login');
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await answered;
      await page.getByRole('alert').waitFor();
    }
    await signIn(page, port, 'anna');
    await page.getByText('Connections from your address are not accepted').waitFor();
    await server.event((event) => event['event'] === 'address.banned');
    await assert.rejects(async () => {
      await using client = await server.connect();
      await client.expect(220);
    });
    await window.close();
  },
);

testInBrowser('a login begins a session of its own, whatever cookie was there', async (context, browser) => {
  const { port } = await administered(context);
  const { page, window } = await openWindow(browser);
  const url = `http://127.0.0.1:${port}/`;
  const planted = { name: 'lockport-admin', value: 'x'.repeat(43) };
  await window.addCookies([{ ...planted, url }]);
  const cookieNow = async () => (await window.cookies(url)).find(({ name }) => name === planted.name)?.value;
  await signIn(page, port, 'anna');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  const first = await cookieNow();
  assert.notEqual(first, planted.value);
  // The session of before is over for whoever has kept its cookie.
  await page.getByRole('button', { name: 'Sign out' }).click();
  await signIn(page, port, 'anna');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  assert.notEqual(await cookieNow(), first);
  const kept = await fetch(`${url}api/v1/me`, { headers: { cookie: `lockport-admin=${first}` } });
  assert.equal(kept.status, 401);
  await window.close();
});

for (const [what, limit] of [
  ['nobody uses', 'LOCKPORT_LIMITS_ADMIN_IDLE_MS'],
  ['lasts for its longest time', 'LOCKPORT_LIMITS_ADMIN_SESSION_MS'],
] as const) {
  testInBrowser(
    `a page whose session ${what} asks to sign in, though it asks the server all the while`,
    async (context, browser) => {
      const { port } = await administered(context, { environment: { [limit]: '1000' } });
      const { page, window, errors } = await openWindow(browser);
      await signIn(page, port, 'anna');
      await page.getByText('Your session is over. Sign in to go on.').waitFor();
      assert.deepEqual(errors, []);
      await window.close();
    },
  );
}
