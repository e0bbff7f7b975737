import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWorkers } from '../workers/workers.ts';
import { mailServer, type ReceivedMail } from './mail-receiver.ts';

test('an e-mail goes out over TLS with the event, and a name can add no header', async (context) => {
  const come = Promise.withResolvers<ReceivedMail>();
  const settings = await mailServer(context, come.resolve);
  const mail = { to: ['ops@example.org', 'lab@example.org'], subject: '{name} of {account}' };
  const rules = [{ name: 'tell', when: ['uploaded'], do: [{ mail }] }];
  const server = await startWorkers(context, { workers: 1, settings: { RULES: JSON.stringify(rules), ...settings } });
  await using client = await server.signIn();
  await client.upload('STOR report: Bcc: eve@example.org', 'content');
  const { to, isSecure, source } = await come.promise;
  assert.deepEqual(to, ['ops@example.org', 'lab@example.org']);
  assert.equal(isSecure, true);
  assert.match(source, /^Subject: report: Bcc: eve@example\.org of alice\r?$/m);
  assert.match(source, /^Message-ID: <[0-9a-f-]+-\d+\.tell@lockport\.invalid>\r?$/m);
  assert.match(source, /^path: \/report: Bcc: eve@example\.org\r?$/m);
  assert.doesNotMatch(source, /^Bcc:/m);
});

test('a server of e-mail that nobody trusts gets neither e-mail nor password', async (context) => {
  const got: ReceivedMail[] = [];
  const { MAIL_AUTHORITIES: _, ...settings } = await mailServer(context, (mail) => void got.push(mail));
  const rules = [{ name: 'tell', when: ['uploaded'], do: [{ mail: { to: ['ops@example.org'] } }] }];
  const fast = { LIMITS_RULE_RETRY_MS: '1000', LIMITS_RULE_GIVE_UP_MS: '1000' };
  const server = await startWorkers(context, {
    workers: 1,
    settings: { RULES: JSON.stringify(rules), ...settings, ...fast },
  });
  await using client = await server.signIn();
  await client.upload('STOR file', 'content');
  await server.server.event(({ message }) => /^The rule tell gave up .*certificate/.test(String(message)));
  assert.deepEqual(got, []);
});
