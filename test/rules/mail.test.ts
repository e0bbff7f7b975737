import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { background } from '../../src/core/index.ts';
import { testAuthority, testCertificate } from '../../src/testing/certificates.ts';
import { temporaryDirectory } from '../cli/lockport-process.ts';
import { startWorkers } from '../workers/workers.ts';

const USER = { user: 'lockport', pass: 'mail-password-of-the-test' };

interface Mail {
  readonly to: readonly string[];
  readonly isSecure: boolean;
  readonly source: string;
}

/** An SMTP server on loopback with STARTTLS and a password, and the configuration that leads to it. */
async function mailServer(context: TestContext, onMail: (mail: Mail) => void) {
  const directory = await temporaryDirectory(context);
  const authority = await testAuthority();
  const tls = await testCertificate(['127.0.0.1'], { ca: authority });
  const files = { authority: join(directory, 'authority.pem'), password: join(directory, 'password') };
  await writeFile(files.authority, authority.certificate);
  await writeFile(files.password, `${USER.pass}\n`);
  const server = new SMTPServer({
    cert: tls.certificate,
    key: tls.key,
    onAuth({ username, password }, _session, done) {
      const isRight = username === USER.user && password === USER.pass;
      done(isRight ? null : new Error('wrong'), isRight ? { user: username } : undefined);
    },
    onData(stream, { envelope, secure }, done) {
      const take = async () => {
        const source = await text(stream);
        onMail({ to: envelope.rcptTo.map(({ address }) => address), isSecure: secure, source });
        done();
      };
      background(take(), () => done(new Error('The test failed')));
    },
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  if (!listening.listening) await once(listening, 'listening');
  context.after(() => server.close());
  const { port } = listening.address() as AddressInfo;
  return {
    MAIL_HOST: '127.0.0.1',
    MAIL_PORT: String(port),
    MAIL_USER: USER.user,
    MAIL_PASSWORD_FILE: files.password,
    MAIL_AUTHORITIES: files.authority,
    MAIL_FROM: 'lockport@example.org',
  };
}

test('an e-mail goes out over TLS with the event, and a name can add no header', async (context) => {
  const come = Promise.withResolvers<Mail>();
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
  const got: Mail[] = [];
  const { MAIL_AUTHORITIES: _, ...settings } = await mailServer(context, (mail) => got.push(mail));
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
