import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type LockportProcess, lockport, serve, temporaryDirectory } from './lockport-process.ts';

async function login(server: LockportProcess, user: string, password: string): Promise<string> {
  await using client = await server.connect();
  await client.expect(220);
  await client.expect(234, 'AUTH TLS');
  await client.secure();
  await client.expect(331, `USER ${user}`);
  const { code, lines } = await client.ask(`PASS ${password}`);
  return `${code} ${lines.join(' ')}`;
}

const CONFIGURATION = `dataDir: .
passwords: { minLength: 14, minScore: 3, history: 3, maxAge: 90d, lockAfter: 2, lockFor: 1h }
limits: { failedLoginDelayMs: 0, maxFailedLoginDelayMs: 0 }
`;

test('rules of passwords hold for whoever sets one and whoever signs in, over a restart', async (context) => {
  const dataDir = await temporaryDirectory(context);
  const config = join(dataDir, 'lockport.yaml');
  await writeFile(config, CONFIGURATION);
  let server = await serve(context, dataDir, ['--config', config]);
  await server.firstAccount();
  // The data directory alone leads to the rules of the server.
  const user = (args: readonly string[], input = '') =>
    lockport(['user', ...args, '--data-dir', dataDir], { input: `${input}\n` });

  const added = await user(['add', 'anna', '--generate-password']);
  const [, password = ''] = /^Its password, which is not shown again: ([a-z2-9-]{23})$/m.exec(added.output) ?? [];
  assert.notEqual(password, '', added.errors);
  assert.match(await login(server, 'anna', password), /^230/);
  const refused: readonly (readonly [string, RegExp])[] = [
    ['thirteen char', /at least 14 characters/],
    ['password123456', /too easy to guess: it is like one that many people use/],
    [password, /must differ from the last 3 passwords of the account/],
  ];
  for (const [given, message] of refused) {
    const { code, errors } = await user(['passwd', 'anna', '--password-stdin'], given);
    assert.match(errors, message);
    assert.equal(code, 2);
  }

  for (const guess of ['one', 'two']) assert.match(await login(server, 'anna', guess), /^530 .*Wrong user name/);
  assert.match(await login(server, 'anna', password), /^530 .*Wrong user name/);
  await server.event(({ event, locked }) => event === 'account.locked' && locked === 'anna');
  assert.match((await user(['show', 'anna'])).output, /^state +locked until 20/m);
  await server.kill();
  server = await serve(context, dataDir, ['--config', config]);
  assert.match(await login(server, 'anna', password), /^530 .*Wrong user name/);
  assert.equal((await user(['unlock', 'anna'])).code, 0);
  assert.match(await login(server, 'anna', password), /^230/);

  {
    using raw = new DatabaseSync(join(dataDir, 'lockport.db'), { timeout: 60_000 });
    raw.exec(`UPDATE accounts SET password_changed_at = ${Date.now() - 80 * 86_400_000}`);
    assert.match(await login(server, 'anna', password), /^230/);
    await server.event(({ message }) => /The password of anna expires at/.test(String(message)));
    raw.exec(`UPDATE accounts SET password_changed_at = ${Date.now() - 91 * 86_400_000}`);
  }
  assert.match(await login(server, 'anna', password), /^230 .*The password has expired: set another one now/);
  await server.event(({ reason }) => reason === 'the password has expired, and is to be changed first');
  assert.match((await user(['passwd', 'anna', '--generate'])).output, /Its password, which is not shown again: /);
});
