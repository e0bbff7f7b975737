import assert from 'node:assert/strict';
import { totpCode } from '../../src/identity/index.ts';
import { administered } from '../admin/administered.ts';
import { openWindow } from './browser.ts';
import { assertWhole, signIn, testInBrowser } from './in-browser.ts';

const HOSTILE = '<img src=x onerror="globalThis.pwned=1">';
const RULES = [
  { name: 'tell', when: ['uploaded'], paths: ['/**'], do: [{ command: { run: ['/bin/false', '--', '{path}'] } }] },
];

testInBrowser(
  'what happens and why is found out by pages, live, and names of clients stay text',
  async (context, browser) => {
    const environment = { LOCKPORT_RULES: JSON.stringify(RULES), LOCKPORT_LIMITS_RULE_GIVE_UP_MS: '1000' };
    const { server, port, totpSecret, ask } = await administered(context, { environment });
    const settings = { home: '/h', rights: [{ path: '/', rights: ['list', 'download', 'upload'] }] };
    const made = await ask('POST', '/accounts', { token: 'owner', json: { name: HOSTILE, settings, generate: true } });
    const { page, window, errors } = await openWindow(browser);
    const go = (name: string) => page.getByRole('link', { name, exact: true }).click();
    await signIn(page, port, 'olga', totpCode(totpSecret));
    await page.getByRole('heading', { name: 'Server', exact: true }).waitFor();
    await page.getByText('No file has moved in the last hour.').waitFor();

    await go('Sessions');
    await page.getByText('Nobody is connected').waitFor();
    const streamed = page.waitForRequest((request) => request.url().includes('/sessions'));
    await using client = await server.connect();
    await client.signIn(HOSTILE, String(made.json['password']));
    await client.upload(`STOR ${HOSTILE}.txt`, Buffer.alloc(1_000_000));
    await streamed;
    await page.getByRole('link', { name: HOSTILE }).waitFor();
    await go('Overview');
    await page.getByRole('img', { name: /up and .* down in a minute/ }).waitFor();
    await page.getByText('As a table').click();
    await assertWhole(page, 'overview-plot');

    await go('Audit trail');
    await page.getByLabel('Outcome').fill('complete');
    await page.getByLabel('Account').fill(HOSTILE);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('transfer.finished').waitFor();
    await page.getByText(`/${HOSTILE}.txt`).first().waitFor();
    await page.getByRole('button', { name: 'Verify the trail' }).click();
    await page.getByText('The trail is whole').waitFor();
    await assertWhole(page, 'audit');
    await page
      .getByRole('button', { name: /^Open record/ })
      .first()
      .click();
    await page
      .getByRole('dialog')
      .getByText('Milliseconds')
      .or(page.getByRole('dialog').getByText('Change'))
      .first()
      .waitFor();
    await assertWhole(page, 'audit-record');
    await page.getByRole('button', { name: 'Close' }).click();
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export what is shown' }).click();
    assert.equal((await saved).suggestedFilename(), 'audit.jsonl');
    await page.getByLabel('Event').fill('nothing');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('No record fits').waitFor();

    await go('Rules');
    await page.getByLabel('Path').fill(`/${HOSTILE}`);
    await page.getByRole('button', { name: 'Test the rules' }).click();
    await page.getByText('Would act', { exact: true }).waitFor();
    await assertWhole(page, 'rules');
    await go('tell');
    await page.getByText(`/${HOSTILE}.txt`).first().waitFor();
    await assertWhole(page, 'rule');
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByLabel('From').fill('2026-01-01T00:00');
    await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click();
    await page.getByText(/acted on once more/).waitFor();

    await go('Explain');
    await page.getByLabel('Account').fill(HOSTILE);
    await page.getByLabel('Wants to').selectOption('DELE');
    await page.getByLabel('Path').fill(`/${HOSTILE}.txt`);
    await page.getByLabel('Address of the client').fill('127.0.0.1');
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText(`${HOSTILE} may not do that`).waitFor();
    await page.getByText('To change it').waitFor();
    await assertWhole(page, 'explain');

    await go('Reports');
    await page
      .getByText(/not met/)
      .first()
      .waitFor();
    await page.getByRole('link', { name: HOSTILE }).waitFor();
    await assertWhole(page, 'reports');

    await go('Configuration');
    await page.getByLabel('Find').fill('dataDir');
    await page.getByRole('cell', { name: 'dataDir' }).first().waitFor();
    await assertWhole(page, 'configuration');
    await page.getByLabel('Find').fill('no such thing');
    await page.getByText('No setting fits').waitFor();

    assert.equal(await page.evaluate('globalThis.pwned'), undefined);
    assert.deepEqual(errors, []);
    await window.close();
  },
);
