import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { totpCode } from '../../src/identity/index.ts';
import { testCertificate } from '../../src/testing/index.ts';
import { ADMIN_PASSWORD, administered } from '../admin/administered.ts';
import { temporaryDirectory } from '../cli/lockport-process.ts';
import { launchBrowser, openWindow } from './browser.ts';
import { assertWhole, signIn, testInBrowser } from './in-browser.ts';

/** Chromium's own authenticator, which sees to it who holds it, or finds that it is somebody else. */
async function authenticator(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    holdBySomebodyElse: (isSo: boolean) =>
      session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: !isSo }),
  };
}

async function addPasskey(page: Page, label: string, password = ADMIN_PASSWORD): Promise<void> {
  await page.getByRole('link', { name: 'anna' }).click();
  await page.getByLabel('Name of the new passkey').fill(label);
  const form = page.locator('form', { has: page.getByLabel('Name of the new passkey') });
  await form.getByLabel('Present password').fill(password);
  await form.getByRole('button', { name: 'Add a passkey' }).click();
}

testInBrowser(
  'a passkey is added by the password, opens a session by itself, once for each challenge, and no more once it is removed',
  async (context, browser) => {
    const { port, totpSecret, ask, server } = await administered(context);
    const origin = `http://localhost:${port}`;
    const { page, window, errors } = await openWindow(browser);
    const device = await authenticator(page);
    await signIn(page, origin, 'anna');
    await addPasskey(page, 'laptop', 'a wrong pass phrase');
    await page.getByText('That is not the present password').waitFor();
    await addPasskey(page, '<b>laptop');
    await page.getByRole('cell', { name: '<b>laptop', exact: true }).waitFor();
    // This authenticator has one already.
    await addPasskey(page, 'again');
    await page.getByText('This device has a passkey for you already').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();

    await device.holdBySomebodyElse(true);
    await page.getByRole('button', { name: 'Sign in by a passkey' }).click();
    await page.getByText('Your browser made or found no passkey').waitFor();
    await device.holdBySomebodyElse(false);

    // What the authenticator has signed is good once, whoever sends it.
    const sent = Promise.withResolvers<string>();
    await page.route('**/api/v1/login/passkey', (route) => {
      sent.resolve(route.request().postData() ?? '');
      return route.abort();
    });
    await page.getByRole('button', { name: 'Sign in by a passkey' }).click();
    const body = await sent.promise;
    const send = (more: Readonly<Record<string, string>> = {}) =>
      fetch(`${origin}/api/v1/login/passkey`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...more },
        body,
      });
    assert.equal((await send({ origin: 'http://evil.example' })).status, 401);
    assert.equal((await send()).status, 200);
    assert.equal((await send()).status, 401);
    await page.unroute('**/api/v1/login/passkey');
    const forged = JSON.parse(body);
    forged.response.id = 'unknown';
    assert.equal((await ask('POST', '/login/passkey', { json: forged })).status, 401);

    await page.getByRole('button', { name: 'Sign in by a passkey' }).click();
    await page.getByRole('heading', { name: 'Your passkeys' }).waitFor();
    const { json } = await ask('GET', '/administrators', { token: 'owner' });
    assert.equal(
      json['administrators']?.find(({ administrator }) => String(administrator) === 'anna')?.['passkeys'],
      1,
    );
    await page.getByRole('button', { name: 'Remove <b>laptop' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('Your session is over').waitFor();
    await page.getByRole('button', { name: 'Sign in by a passkey' }).click();
    await page.getByText('This passkey opens nothing here').waitFor();
    const guesses = server.log.filter((event) => event['event'] === 'admin.sign-in-failed');
    assert.ok(guesses.some(({ reason }) => reason === 'wrong answer of a passkey'));
    assert.deepEqual(errors, []);
    await window.close();

    // Where there is only an address, the page says where there is a name.
    const other = await openWindow(browser);
    await signIn(other.page, port, 'olga', totpCode(totpSecret));
    await other.page.getByRole('link', { name: 'olga' }).click();
    assert.equal(await other.page.getByRole('link', { name: `${origin}/` }).count(), 1);
    await other.window.close();
  },
);

testInBrowser('a passkey is made and opens a session over HTTPS, too', async (context) => {
  const directory = await temporaryDirectory(context);
  const [file, keyFile] = [join(directory, 'admin.pem'), join(directory, 'admin-key.pem')];
  const { certificate, key } = await testCertificate(['localhost']);
  await writeFile(file, certificate);
  await writeFile(keyFile, key);
  const environment = { LOCKPORT_ADMIN_TLS_CERTIFICATE: file, LOCKPORT_ADMIN_TLS_KEY: keyFile };
  const { port } = await administered(context, { environment });
  const { publicKey } = new X509Certificate(certificate);
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  await using browser = await launchBrowser(createHash('sha256').update(spki).digest('base64'));
  const { page, window, errors } = await openWindow(browser);
  await authenticator(page);
  await signIn(page, `https://localhost:${port}`, 'anna');
  await addPasskey(page, 'laptop');
  await page.getByRole('cell', { name: 'laptop', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in by a passkey' }).click();
  await page.getByRole('heading', { name: 'Your passkeys' }).waitFor();
  await assertWhole(page, 'passkeys');
  assert.deepEqual(errors, []);
  await window.close();
});
