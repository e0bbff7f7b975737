import assert from 'node:assert/strict';
import { totpCode } from '../../src/identity/index.ts';
import { ADMIN_PASSWORD, administered } from '../admin/administered.ts';
import { serve, temporaryDirectory } from '../cli/lockport-process.ts';
import { openWindow } from './browser.ts';
import { assertWhole, signIn, testInBrowser } from './in-browser.ts';

testInBrowser('the first visit makes the owner by the link of the start, once', async (context, browser) => {
  const server = await serve(context, await temporaryDirectory(context), ['--admin-port', '0']);
  const link = await server.ownerLink();
  const { page, window, errors } = await openWindow(browser);
  await page.goto(link);
  await page.getByRole('heading', { name: 'Welcome to Lockport' }).waitFor();
  await assertWhole(page, 'welcome');
  const { page: late } = await openWindow(browser);
  await late.goto(link);
  await late.getByRole('heading', { name: 'Welcome to Lockport' }).waitFor();

  await page.getByLabel('Your name').fill('olga');
  await page.getByLabel('Your password').fill('short');
  await page.getByRole('button', { name: 'Become the owner' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Your password').fill(ADMIN_PASSWORD);
  await page.getByRole('button', { name: 'Become the owner' }).click();
  await page.getByRole('heading', { name: 'Add Lockport to your authenticator' }).waitFor();
  await assertWhole(page, 'authenticator');
  const secret = await page.locator('.secret').innerText();
  await page.getByRole('button', { name: 'I have added it: sign in' }).click();
  await page.getByLabel('Name').fill('olga');
  await page.getByLabel('Password').fill(ADMIN_PASSWORD);
  await page.getByLabel('Code of your authenticator').fill(totpCode(secret));
  await assertWhole(page, 'sign-in');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.getByText('Owner').waitFor();
  assert.ok(!page.url().includes('welcome'), page.url());

  await late.getByLabel('Your name').fill('eve');
  await late.getByLabel('Your password').fill(ADMIN_PASSWORD);
  await late.getByRole('button', { name: 'Become the owner' }).click();
  await late.getByText('This link is over or was used').waitFor();
  assert.deepEqual(errors, []);
  await Promise.all([window.close(), late.context().close()]);
});

testInBrowser(
  'an operator makes an account by a preset, whose password then works, and disables it',
  async (context, browser) => {
    const { server, port, totpSecret } = await administered(context);
    const { page, window, errors } = await openWindow(browser);
    await signIn(page, port, 'lara');
    await page.getByRole('link', { name: 'Accounts' }).click();
    await page.getByRole('link', { name: 'lena' }).waitFor();
    // Limited to the group lab: she sees its accounts alone.
    assert.equal(await page.getByRole('link', { name: 'walt' }).count(), 0);
    assert.deepEqual(errors, []);
    await window.close();

    const owner = await openWindow(browser);
    await signIn(owner.page, port, 'olga', totpCode(totpSecret));
    await owner.page.getByRole('heading', { name: 'Server', exact: true }).waitFor();
    await assertWhole(owner.page, 'overview');
    await owner.page.getByRole('link', { name: 'Accounts' }).click();
    await owner.page.getByRole('link', { name: 'lena' }).waitFor();
    await assertWhole(owner.page, 'accounts');
    await owner.page.getByRole('link', { name: 'New account' }).click();
    await owner.page.getByLabel('Name').fill('dentist');
    await owner.page.getByLabel('Exchange').check();
    await assertWhole(owner.page, 'new-account');
    await owner.page.getByRole('button', { name: 'Make the account' }).click();
    await owner.page.getByRole('heading', { name: 'dentist is ready' }).waitFor();
    await assertWhole(owner.page, 'account-made');
    const password = await owner.page.locator('.secret').innerText();
    await using client = await server.connect();
    await client.signIn('dentist', password);
    await owner.page.getByRole('link', { name: 'Open the account' }).click();
    await owner.page.getByText('see names, download', { exact: true }).first().waitFor();
    await assertWhole(owner.page, 'account');
    await owner.page.getByRole('button', { name: 'Disable' }).click();
    await owner.page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await owner.page.getByRole('button', { name: 'Enable' }).waitFor();
    assert.deepEqual(owner.errors, []);
    await owner.window.close();
  },
);

testInBrowser(
  'what clients say is shown as text, and a session that transfers shows its progress and can be ended',
  async (context, browser) => {
    const { server, port, totpSecret, ask } = await administered(context);
    const hostile = '<img src=x onerror="globalThis.pwned=1">"&amp;';
    const home = '/<b>home';
    const settings = { home, rights: [{ path: '/', rights: ['list', 'download', 'upload'] }] };
    const made = await ask('POST', '/accounts', { token: 'owner', json: { name: hostile, settings, generate: true } });
    assert.equal(made.status, 201, made.text);
    await using unnamed = await server.connect();
    await unnamed.expect(220);
    await unnamed.expect(234, 'AUTH TLS');
    await unnamed.secure();
    await unnamed.expect(200, `CLNT ${hostile}`);
    await unnamed.expect(331, 'USER <script>globalThis.pwned=2</script>');
    await using client = await server.connect();
    await client.signIn(hostile, String(made.json['password']));
    await client.upload('STOR <script>x', Buffer.alloc(30_000_000));
    const passive = await client.passive();
    // Nobody reads: the transfer stands while the test looks at it.
    await using data = await client.data(passive);
    await client.expect(150, 'RETR <script>x');

    const { page, window, errors } = await openWindow(browser);
    await signIn(page, port, 'olga', totpCode(totpSecret));
    await page.getByRole('link', { name: 'Sessions' }).click();
    await page.getByRole('link', { name: hostile }).waitFor();
    await page.getByRole('cell', { name: hostile }).first().waitFor();
    await page.getByText('gave the name <script>globalThis.pwned=2</script>').waitFor();
    await page.getByRole('progressbar', { name: '/<script>x' }).waitFor();
    await page.getByText('of 30 MB').waitFor();
    await assertWhole(page, 'sessions');
    await page.getByRole('button', { name: `End the session of ${hostile}` }).click();
    await page.getByLabel('Reason').fill('See you <i>tomorrow</i>');
    await assertWhole(page, 'end-session');
    await page.getByRole('dialog').getByRole('button', { name: 'End', exact: true }).click();
    await page.getByText('The session has ended.').waitFor();
    data.tcp.destroy();
    await page.getByRole('link', { name: hostile }).waitFor({ state: 'detached' });

    await page.getByRole('link', { name: 'Accounts' }).click();
    await page.getByLabel('Names that begin with').fill('<');
    await page.getByRole('link', { name: 'lena' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: hostile }).click();
    await page.getByRole('heading', { name: hostile }).waitFor();
    assert.equal(await page.evaluate('globalThis.pwned'), undefined);
    assert.equal(await page.locator('main img, main script, main b, main i').count(), 0);
    assert.deepEqual(errors, []);
    await window.close();
  },
);

testInBrowser('an address is banned and let in again; certificates are shown', async (context, browser) => {
  const { port, totpSecret } = await administered(context);
  const { page, window, errors } = await openWindow(browser);
  await signIn(page, port, 'olga', totpCode(totpSecret));
  await page.getByRole('link', { name: 'Bans' }).click();
  await page.getByText('Nobody is banned').waitFor();
  await assertWhole(page, 'no-bans');
  await page.getByRole('button', { name: 'Ban an address' }).click();
  await page.getByLabel('Address or network').fill('nowhere');
  await page.getByLabel('Reason').fill('guesses');
  await page.getByRole('dialog').getByRole('button', { name: 'Ban an address' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Address or network').fill('192.0.2.0/24');
  await assertWhole(page, 'ban');
  await page.getByRole('dialog').getByRole('button', { name: 'Ban an address' }).click();
  await page.getByRole('cell', { name: '192.0.2.0/24', exact: true }).waitFor();
  await assertWhole(page, 'bans');
  await page.getByRole('button', { name: 'Lift the ban of 192.0.2.0/24' }).click();
  await page.getByText('Nobody is banned').waitFor();
  await page.getByRole('link', { name: 'Certificates' }).click();
  await page.getByText('Self-signed').waitFor();
  await assertWhole(page, 'certificates');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.deepEqual(errors, []);
  await window.close();
});
