import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { mailServer, type ReceivedMail } from '../rules/mail-receiver.ts';
import { lockport, serve, temporaryDirectory } from './lockport-process.ts';

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().replace(/\.\d+Z/, 'Z');
const idOf = ({ source }: ReceivedMail) => /^Message-ID: (.*)\r?$/m.exec(source)?.[1];

test('holders of accounts are told of what expires, once, through a kill and a restart', async (context) => {
  const dataDir = await temporaryDirectory(context);
  const mails: ReceivedMail[] = [];
  const waiting: ((mail: ReceivedMail) => void)[] = [];
  let answer: Promise<void> = Promise.resolve();
  const settings = await mailServer(context, (mail) => {
    mails.push(mail);
    waiting.shift()?.(mail);
    return answer;
  });
  const next = () => new Promise<ReceivedMail>((resolve) => waiting.push(resolve));
  const environment = {
    LOCKPORT_EXPIRY_MAIL_ENABLED: 'true',
    LOCKPORT_PASSWORDS_MAX_AGE: '90d',
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`LOCKPORT_${name}`, value])),
  };
  let server = await serve(context, dataDir, [], { environment });
  await server.firstAccount();
  const add = async (name: string, ...flags: readonly string[]) => {
    const words = ['user', 'add', name, '--generate-password', '--email', `${name}@example.org`, ...flags];
    const { code, errors } = await lockport([...words, '--data-dir', dataDir]);
    assert.equal(code, 0, errors);
  };
  await add('anna', '--expires', inDays(10));
  await add('bert', '--expires', inDays(100));
  await add('carl');
  {
    using raw = new DatabaseSync(join(dataDir, 'lockport.db'), { timeout: 60_000 });
    raw.exec(`UPDATE accounts SET password_changed_at = ${Date.now() - 85 * 86_400_000} WHERE name = 'carl'`);
  }

  // Taken by the mail server, which has not said so yet.
  const held = Promise.withResolvers<void>();
  answer = held.promise;
  const first = next();
  server.signal('SIGHUP');
  const told = await first;
  assert.deepEqual(told.to, ['anna@example.org']);
  await server.kill();
  held.resolve();
  answer = Promise.resolve();

  const [again, other] = [next(), next()];
  server = await serve(context, dataDir, [], { environment });
  assert.equal(idOf(await again), idOf(told));
  const ofPassword = await other;
  assert.deepEqual(ofPassword.to, ['carl@example.org']);
  assert.match(ofPassword.source, /^Subject: The password of the account carl expires on \d{4}-\d\d-\d\d\r?$/m);
  await server.event(({ message }) => String(message).startsWith('Told by e-mail: The password of the account carl'));
  server.signal('SIGTERM');
  await server.ended();

  await add('dora', '--expires', inDays(0.5));
  const last = next();
  server = await serve(context, dataDir, [], { environment });
  assert.deepEqual((await last).to, ['dora@example.org']);
  assert.equal(mails.length, 4);
});

test('an address that could lead an e-mail elsewhere is no address', async (context) => {
  const dataDir = await temporaryDirectory(context);
  const server = await serve(context, dataDir);
  await server.firstAccount();
  for (const address of ['anna', 'a@b@c', 'a b@example.org', 'Anna <a@example.org>', 'a@example.org,b@example.org']) {
    const words = ['user', 'add', 'anna', '--generate-password', '--email', address, '--data-dir', dataDir];
    const { code, errors } = await lockport(words);
    assert.match(errors, /--email: expected an e-mail address/);
    assert.equal(code, 2);
  }
});
