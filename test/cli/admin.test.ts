import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockport, serve, temporaryDirectory } from './lockport-process.ts';

const PASSWORD = 'four words and a number 7';

test('administrators, their second factors and their tokens are made, shown and taken back', async (context) => {
  const dataDir = await temporaryDirectory(context);
  await serve(context, dataDir);
  const run = (args: readonly string[], input = '') => lockport([...args, '--data-dir', dataDir], { input });
  const json = async (args: readonly string[], input = '') =>
    JSON.parse((await run([...args, '--json'], input)).output);

  const nowhere = await run(
    ['admin', 'add', 'anna', '--role', 'operator', '--group', 'lab', '--password-stdin'],
    PASSWORD,
  );
  assert.match(nowhere.errors, /no group "lab"; "lockport group list"/);
  assert.equal((await run(['group', 'add', 'lab'])).code, 0);
  const added = await json(
    ['admin', 'add', 'anna', '--role', 'operator', '--group', 'lab', '--password-stdin'],
    PASSWORD,
  );
  assert.deepEqual([added.name, added.role, added.groups], ['anna', 'operator', ['lab']]);
  assert.match(added.secret, /^[A-Z2-7]{32}$/);
  assert.ok(added.uri.includes(added.secret));
  const again = await run(['admin', 'add', 'anna', '--role', 'owner', '--password-stdin'], PASSWORD);
  assert.match(again.errors, /administrator anna already/);
  assert.equal(again.code, 1);

  const weak = await run(['admin', 'add', 'otto', '--role', 'owner', '--password-stdin'], 'short');
  assert.match(weak.errors, /at least 12 characters/);
  const same = await run(['admin', 'password', 'anna', '--password-stdin'], 'another pass phrase 8');
  assert.equal(same.code, 0, same.errors);

  const token = await json(['admin', 'token', 'add', 'anna', '--role', 'auditor', '--expires', '1h', '--label', 'ci']);
  assert.match(token.token, /^lockport_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/);
  const database = await readFile(join(dataDir, 'lockport.db'), 'latin1');
  const log = await readFile(join(dataDir, 'lockport.db-wal'), 'latin1');
  const secret = token.token.slice(-43);
  assert.ok(!database.includes(secret) && !log.includes(secret), 'the secret of a token is kept nowhere');
  const [listed] = await json(['admin', 'token', 'list', 'anna']);
  assert.deepEqual([listed.id, listed.role, listed.label, listed.secretHash], [token.id, 'auditor', 'ci', undefined]);
  const past = await run(['admin', 'token', 'add', 'anna', '--role', 'auditor', '--expires', '2020-01-01']);
  assert.match(past.errors, /in the past/);

  const [shown] = await json(['admin', 'list']);
  assert.deepEqual([shown.hasTotp, shown.passwordHash, shown.totpSecret], [true, undefined, undefined]);
  await run(['admin', 'totp', 'anna', '--remove']);
  assert.equal((await json(['admin', 'list']))[0].hasTotp, false);

  assert.equal((await run(['admin', 'token', 'revoke', token.id])).code, 0);
  assert.deepEqual(await json(['admin', 'token', 'list', 'anna']), []);
  assert.equal((await run(['admin', 'remove', 'anna'])).code, 0);
  assert.match((await run(['admin', 'remove', 'anna'])).errors, /no administrator "anna"/);
});
