import assert from 'node:assert/strict';
import { totpCode } from '../../src/identity/index.ts';
import { ADMIN_PASSWORD, administered } from '../admin/administered.ts';
import { openWindow } from './browser.ts';
import { assertWhole, signIn, testInBrowser } from './in-browser.ts';

/** Markup in whatever somebody can name. */
const HOSTILE = '<img src=x onerror="globalThis.pwned=1">&amp;';

testInBrowser(
  'an operator changes what an account may do, and sees what holds in each directory and where it comes from',
  async (context, browser) => {
    const { port, totpSecret, ask } = await administered(context);
    const { page, window, errors } = await openWindow(browser);
    await signIn(page, port, 'olga', totpCode(totpSecret));
    await page.getByRole('link', { name: 'Accounts' }).click();
    await page.getByRole('link', { name: 'lena' }).click();
    const rights = page.getByRole('table', { name: 'What it may do' });
    await rights.getByRole('row', { name: /A rule of the group lab/ }).waitFor();

    await page.getByRole('button', { name: 'Change: Rights' }).click();
    const dialog = page.getByRole('dialog', { name: 'Rights' });
    await dialog.getByLabel('A value of its own').check();
    await dialog.getByRole('button', { name: 'Add a directory' }).click();
    const rule = dialog.getByRole('group', { name: 'Rights in /' }).last();
    await rule.getByLabel('upload new files').check();
    await rule.getByLabel('Directory').fill('/in');
    await assertWhole(page, 'rights-dialog');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await rights.getByRole('row', { name: '/in see names, upload new files A rule of the account itself' }).waitFor();
    await page.getByLabel('What may it do at this path?').fill('/in/2030');
    await page.getByRole('button', { name: 'Look' }).click();
    await page.getByText('At /in/2030, as it holds from /in on: see names, upload new files').waitFor();

    await page.getByRole('button', { name: 'Change: Space' }).click();
    await page.getByLabel('A value of its own').check();
    await page.getByRole('spinbutton', { name: 'Space' }).fill('2.5');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: 'Space 2.5 GB the account itself' }).waitFor();
    await page.getByRole('button', { name: 'Change: Allowed addresses' }).click();
    await page.getByLabel('A value of its own').check();
    await page.getByLabel('Add to: Allowed addresses').fill('not an address');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Add to: Allowed addresses').fill('192.0.2.0/24');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: /^Allowed addresses 192\.0\.2\.0\/24/ }).waitFor();
    await assertWhole(page, 'account-changed');
    const { json } = await ask('GET', '/accounts/lena', { token: 'auditor' });
    assert.deepEqual(json['own']?.['quota'], { bytes: 2_500_000_000 });

    await page.getByRole('button', { name: 'Turn on second factor' }).click();
    await page.getByRole('button', { name: 'Make the second factor' }).click();
    await page.getByRole('img', { name: 'Code to scan by an authenticator' }).waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Turn off second factor' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Turn off second factor' }).click();
    await page.getByRole('button', { name: 'Turn on second factor' }).waitFor();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('heading', { name: 'Accounts' }).waitFor();
    assert.equal((await ask('GET', '/accounts/lena', { token: 'auditor' })).status, 404);
    assert.deepEqual(errors, []);
    await window.close();
  },
);

testInBrowser('a group is made, gives its members what they have not, and is removed', async (context, browser) => {
  const { port, totpSecret } = await administered(context);
  const { page, window, errors } = await openWindow(browser);
  await signIn(page, port, 'olga', totpCode(totpSecret));
  await page.getByRole('link', { name: 'Groups' }).click();
  await page.getByRole('link', { name: 'lab' }).waitFor();
  await assertWhole(page, 'groups');
  await page.getByRole('button', { name: 'New group' }).click();
  await page.getByLabel('Name').fill('north');
  await page.getByRole('button', { name: 'Make the group' }).click();
  await page.getByRole('heading', { name: 'north' }).waitFor();
  await page.getByRole('button', { name: 'Change: Sessions at once' }).click();
  await page.getByLabel('A value of its own').check();
  await page.getByRole('spinbutton', { name: 'Sessions at once' }).fill('3');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row', { name: /^Sessions at once 3/ }).waitFor();
  await page.getByRole('button', { name: 'Change: Own change of the password' }).click();
  await page.getByLabel('A value of its own').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row', { name: /^Own change of the password Allowed/ }).waitFor();
  await page.getByLabel('Account that joins the group').fill('walt');
  await page.getByRole('button', { name: 'Add the account' }).click();
  await page.getByRole('link', { name: 'walt' }).waitFor();
  await assertWhole(page, 'group');
  await page.getByRole('link', { name: 'walt' }).click();
  await page.getByRole('row', { name: 'Sessions at once 3 the group north' }).waitFor();
  await page.getByRole('link', { name: 'north' }).first().click();
  await page.getByRole('button', { name: 'Remove the group' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the group' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Take walt out of the group' }).click();
  await page.getByText('No account is in this group.').waitFor();
  await page.getByRole('button', { name: 'Remove the group' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the group' }).click();
  await page.getByRole('heading', { name: 'Groups' }).waitFor();
  await page.getByRole('link', { name: 'north' }).waitFor({ state: 'detached' });
  assert.deepEqual(errors, []);
  await window.close();
});

testInBrowser(
  'an owner adds an administrator, who sets a password, an authenticator and a token of her own',
  async (context, browser) => {
    const { port, totpSecret, ask, base } = await administered(context);
    const owner = await openWindow(browser);
    await signIn(owner.page, port, 'olga', totpCode(totpSecret));
    await owner.page.getByRole('link', { name: 'Administrators' }).click();
    await owner.page.getByRole('cell', { name: 'anna', exact: true }).waitFor();
    await assertWhole(owner.page, 'administrators');
    await owner.page.getByRole('button', { name: 'New administrator' }).click();
    await owner.page.getByLabel('Name').fill('nora');
    await owner.page.getByLabel('Role').selectOption('operator');
    await assertWhole(owner.page, 'new-administrator');
    await owner.page.getByLabel('With a second factor').uncheck();
    await owner.page.getByRole('button', { name: 'Add', exact: true }).click();
    await owner.page.getByRole('heading', { name: 'nora can sign in' }).waitFor();
    const once = await owner.page.locator('.secret').first().innerText();
    await owner.page.getByRole('button', { name: 'Close' }).click();
    await owner.page.getByRole('row', { name: /^nora Operator/ }).waitFor();

    const { page, window, errors } = await openWindow(browser);
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.getByLabel('Name').fill('nora');
    await page.getByLabel('Password').fill(once);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Present password').fill(once);
    await page.getByLabel('New password').fill(ADMIN_PASSWORD);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByText('Your password is set.').waitFor();
    await signIn(page, port, 'nora');
    await page.getByRole('link', { name: 'nora' }).click();
    await page.getByRole('button', { name: 'Set up an authenticator' }).click();
    const secret = await page.locator('.secret').innerText();
    await assertWhole(page, 'me');
    await page.getByLabel('Code that it shows now').fill('000000');
    const presents = page.getByLabel('Present password');
    await presents.last().fill(ADMIN_PASSWORD);
    await page.getByRole('button', { name: 'Use this authenticator' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Code that it shows now').fill(totpCode(secret));
    await page.getByRole('button', { name: 'Use this authenticator' }).click();
    await page.getByText('Your authenticator is set.').waitFor();
    await signIn(page, port, 'nora', totpCode(secret));
    await page.getByRole('link', { name: 'nora' }).click();
    await page.getByRole('link', { name: 'Tokens for programs' }).click();
    await page.getByRole('button', { name: 'New token' }).click();
    await page.getByLabel('What it is for').fill(HOSTILE);
    // Nobody makes one that may do more than its holder.
    assert.equal(await page.getByRole('option', { name: /^Owner/ }).count(), 0);
    await page.getByRole('button', { name: 'Make the token' }).click();
    const token = await page.locator('.secret').innerText();
    const authorization = { authorization: `Bearer ${token}` };
    assert.equal((await fetch(`${base}/status`, { headers: authorization })).status, 200);
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('cell', { name: HOSTILE, exact: true }).waitFor();
    await assertWhole(page, 'tokens');
    await page.getByRole('button', { name: `Revoke ${HOSTILE}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText('There is no token').waitFor();
    assert.equal((await fetch(`${base}/status`, { headers: authorization })).status, 401);

    await owner.page.reload();
    await owner.page.getByRole('button', { name: 'Change nora' }).click();
    await owner.page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await owner.page.getByRole('row', { name: /^nora .*Disabled/ }).waitFor();
    assert.equal((await ask('POST', '/login', { json: { name: 'nora', password: ADMIN_PASSWORD } })).status, 401);
    assert.deepEqual([...errors, ...owner.errors], []);
    await Promise.all([window.close(), owner.window.close()]);
  },
);

testInBrowser('what others have named is text, wherever it stands', async (context, browser) => {
  const { port, totpSecret, ask } = await administered(context);
  const post = async (path: string, json: object) => {
    const { status, text } = await ask('POST', path, { token: 'owner', json });
    assert.equal(status, 201, text);
  };
  const rights = [{ path: '/<b>in', rights: ['list'] }];
  await post('/groups', { name: HOSTILE, settings: { home: '/<i>home', rights, directories: ['/<b>in'] } });
  await post('/accounts', { name: `of ${HOSTILE}`, settings: { groups: [HOSTILE], email: '<b>@example.org' } }).catch(
    () => post('/accounts', { name: `of ${HOSTILE}`, settings: { groups: [HOSTILE] } }),
  );
  await post('/administrators', { name: HOSTILE, role: 'operator', groups: [HOSTILE], totp: false });
  const { page, window, errors } = await openWindow(browser);
  await signIn(page, port, 'olga', totpCode(totpSecret));
  await page.getByRole('link', { name: 'Groups' }).click();
  await page.getByRole('link', { name: HOSTILE, exact: true }).click();
  await page.getByRole('heading', { name: HOSTILE }).waitFor();
  await page.getByRole('link', { name: `of ${HOSTILE}` }).click();
  await page.getByRole('row', { name: `/<b>in see names A rule of the group ${HOSTILE}` }).waitFor();
  await assertWhole(page, 'hostile-account');
  await page.getByRole('link', { name: 'Administrators' }).click();
  await page.getByRole('button', { name: `Change ${HOSTILE}` }).click();
  await page.getByRole('dialog', { name: HOSTILE }).waitFor();
  assert.deepEqual(await page.getByRole('group', { name: 'Limit to groups' }).getByLabel(HOSTILE).isChecked(), true);
  await page.getByRole('dialog').getByRole('link', { name: 'Tokens' }).click();
  await page.getByRole('heading', { name: `Tokens of ${HOSTILE}` }).waitFor();
  assert.equal(await page.evaluate('globalThis.pwned'), undefined);
  assert.equal(await page.locator('main img, main b, main i, dialog img').count(), 0);
  assert.deepEqual(errors, []);
  await window.close();
});

testInBrowser('the pages are German for whoever reads German, and for whoever chooses it', async (context, browser) => {
  const { port, totpSecret } = await administered(context);
  const { page, window, errors } = await openWindow(browser, 'de-AT');
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
  assert.equal(await page.evaluate('document.documentElement.lang'), 'de');
  await page.getByLabel('Name').fill('olga');
  await page.getByLabel('Passwort').fill('falsch');
  await page.getByRole('button', { name: 'Anmelden', exact: true }).click();
  await page.getByText('Name, Passwort oder Code sind falsch.').waitFor();
  await page.getByLabel('Passwort').fill(ADMIN_PASSWORD);
  await page.getByLabel('Code Ihres Authenticators').fill(totpCode(totpSecret));
  await page.getByRole('button', { name: 'Anmelden', exact: true }).click();
  await page.getByRole('heading', { name: 'Übersicht' }).waitFor();
  await page.getByRole('heading', { name: 'Server', exact: true }).waitFor();
  await assertWhole(page, 'overview-german');
  await page.getByLabel('Sprache').selectOption('en');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  assert.equal(await page.evaluate('document.documentElement.lang'), 'en');
  assert.deepEqual(errors, []);
  await window.close();
});
