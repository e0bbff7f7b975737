import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { RawClient } from '../../src/testing/raw-client.ts';
import { type LockportProcess, lockport, serve, temporaryDirectory } from './lockport-process.ts';

const OLD = 'correct horse 4 battery';
const NEW = 'staple "seventeen" green trains';
const THIRD = 'umbrella-quartz-lagoon-88';
const quoted = (password: string) => `"${password.replaceAll('"', '""')}"`;

const CONFIGURATION = `dataDir: .
logLevel: debug
passwords: { minScore: 3, history: 2, maxAge: 90d }
plainFtp: { login: allow-passwords-in-clear }
limits: { failedLoginDelayMs: 0, maxFailedLoginDelayMs: 0, banAfterFailedLogins: 7 }
`;

async function connected(server: LockportProcess): Promise<RawClient> {
  const client = await server.connect();
  await client.expect(220);
  await client.expect(234, 'AUTH TLS');
  await client.secure();
  return client;
}

async function signIn(server: LockportProcess, password: string, user = 'anna') {
  const client = await connected(server);
  await client.expect(331, `USER ${user}`);
  return { client, reply: await client.ask(`PASS ${password}`) };
}

for (const workers of [1, 2]) {
  test(`the holder of an account changes its password, which is nowhere to be read (workers: ${workers})`, async (context) => {
    const dataDir = await temporaryDirectory(context);
    const config = join(dataDir, 'lockport.yaml');
    await writeFile(config, `${CONFIGURATION}workers: ${workers}\n`);
    const server = await serve(context, dataDir, ['--config', config]);
    await server.firstAccount();
    const user = (args: readonly string[], input = '') =>
      lockport(['user', ...args, '--data-dir', dataDir], { input: `${input}\n` });
    const added = await user(['add', 'anna', '--password-stdin', '--must-change'], OLD);
    assert.equal(added.code, 0, added.errors);

    const { client, reply } = await signIn(server, OLD);
    assert.equal(reply.code, 230);
    assert.match(reply.lines.join(' '), /asks for another password: set one now .*SITE PSWD <old> <new>/);
    assert.match((await client.expect(530, 'PWD')).lines.join(), /Change your password first/);
    for (const refused of ['LIST', 'SITE HELP', 'RETR a', 'EPSV', 'CWD /', 'BNDL RETR'])
      await client.expect(530, refused);
    await client.expect(200, 'NOOP');
    await client.expect(501, `SITE PSWD ${OLD} ${NEW}`);
    await client.expect(530, `SITE PSWD wrong ${quoted(NEW)}`);
    await client.expect(550, `SITE PSWD ${quoted(OLD)} password1234`);
    await client.expect(550, `SITE PSWD ${quoted(OLD)} ${quoted(OLD)}`);
    await client.expect(530, `SITE  PSWD ${quoted(OLD)} ${quoted(NEW)}`);
    await client.expect(530, `SITE PSWDD ${quoted(OLD)} ${quoted(NEW)}`);
    await client.expect(200, `SITE PSWD ${quoted(OLD)} ${quoted(NEW)}`);
    await client.expect(257, 'PWD');

    const other = (await signIn(server, NEW)).client;
    assert.match((await client.expect(214, 'SITE HELP')).lines.join(), /PSWD <old> <new>/);
    await client.expect(550, `SITE PSWD ${quoted(NEW)} ${quoted(OLD)}`);
    await client.expect(200, `site pswd ${quoted(NEW)} ${THIRD}`);
    assert.equal((await other.ended()).at(-1)?.code, 421);
    await client.expect(257, 'PWD');
    assert.equal((await signIn(server, NEW)).reply.code, 530);
    assert.equal((await signIn(server, THIRD)).reply.code, 230);

    await client.expect(221, 'QUIT');
    await server.event(({ event, account }) => event === 'session.closed' && account === 'anna');
    const trail = await readdir(join(dataDir, 'audit'));
    const records = await Promise.all(
      trail.filter((name) => name.endsWith('.jsonl')).map((name) => readFile(join(dataDir, 'audit', name), 'utf8')),
    );
    assert.match(records.join(''), /"event":"password\.changed"/);
    for (const secret of [OLD, NEW, THIRD, 'seventeen', 'password1234']) {
      assert.ok(!server.output.includes(secret) && !records.join('').includes(secret), secret);
    }
  });
}

test('an expired password is changed in place of a login, where its holder may', async (context) => {
  const dataDir = await temporaryDirectory(context);
  const config = join(dataDir, 'lockport.yaml');
  await writeFile(config, CONFIGURATION);
  const server = await serve(context, dataDir, ['--config', config]);
  await server.firstAccount();
  const run = (args: readonly string[], input = '') =>
    lockport([...args, '--data-dir', dataDir], { input: `${input}\n` });
  assert.equal((await run(['user', 'add', 'anna', '--password-stdin'], OLD)).code, 0);
  const fixed = ['user', 'add', 'device', '--password-stdin', '--password-change', 'refused'];
  assert.equal((await run(fixed, OLD)).code, 0);

  // In clear, nobody sends a password to change it.
  const clear = await server.connect();
  await clear.expect(220);
  await clear.expect(331, 'USER anna');
  await clear.expect(230, `PASS ${OLD}`);
  await clear.expect(534, `SITE PSWD ${quoted(OLD)} ${THIRD}`);
  const device = (await signIn(server, OLD, 'device')).client;
  await device.expect(550, `SITE PSWD ${quoted(OLD)} ${THIRD}`);
  assert.doesNotMatch((await device.expect(214, 'SITE HELP')).lines.join(), /PSWD/);
  {
    using raw = new DatabaseSync(join(dataDir, 'lockport.db'), { timeout: 60_000 });
    raw.exec(`UPDATE accounts SET password_changed_at = ${Date.now() - 91 * 86_400_000}`);
  }
  assert.match((await signIn(server, OLD, 'device')).reply.lines.join(), /ask the operator of this server/);
  // The clear session has no way to send it: it is not signed in.
  await clear.expect(331, 'USER anna');
  await clear.expect(530, `PASS ${OLD}`);

  const { port } = { port: server.port('explicit') };
  const unasked = await lockport(['password', `ftpes://anna@127.0.0.1:${port}`], {
    environment: { LOCKPORT_PASSWORD: OLD },
  });
  assert.match(unasked.errors, /No terminal .*: give the new one by --new-password-file, or --generate it/);
  await writeFile(join(dataDir, 'new'), `${THIRD}\nnot this\n`);
  const certificate = join(dataDir, 'tls', 'certificate.pem');
  const changed = await lockport(
    [
      'password',
      `ftpes://anna@127.0.0.1:${port}`,
      '--ca',
      certificate,
      '--new-password-file',
      join(dataDir, 'new'),
      '--verbose',
    ],
    { environment: { LOCKPORT_PASSWORD: OLD } },
  );
  assert.equal(changed.code, 0, changed.errors);
  for (const secret of [OLD, THIRD]) assert.ok(!(changed.errors + changed.output).includes(secret));
  const { client, reply } = await signIn(server, THIRD);
  assert.deepEqual([reply.code, reply.lines], [230, ['230 Signed in']]);

  // Guesses of the old password end the session, and ban, as those of logins do.
  for (let guess = 1; guess < 5; guess += 1) await client.expect(530, `SITE PSWD guess${guess} ${quoted(NEW)}`);
  client.send(`SITE PSWD guess5 ${quoted(NEW)}`);
  assert.equal((await client.ended()).at(-1)?.code, 421);
  const last = (await signIn(server, THIRD)).client;
  for (const guess of ['six', 'seven']) last.send(`SITE PSWD ${guess} ${quoted(NEW)}`);
  await server.event(({ event }) => event === 'address.banned');
});
