import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { account } from '../identity/index.ts';
import {
  accountStoreContract,
  administratorStoreContract,
  banStoreContract,
  groupStoreContract,
} from '../testing/index.ts';
import { type Database, openDatabase } from './database.ts';
import { DatabaseSync } from './sqlite.ts';

const ALICE = account('alice');

let directory: string;
let database: Database;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lockport-'));
  database = openDatabase(join(directory, 'lockport.db'));
});

afterEach(async () => {
  await database[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

/** What the hooks above end. */
async function opened() {
  const { accounts, bans, administrators } = database;
  return { accounts, bans, administrators, async [Symbol.asyncDispose]() {} };
}

accountStoreContract('SQLite', opened);
groupStoreContract('SQLite', opened);
banStoreContract('SQLite', opened);
administratorStoreContract('SQLite', opened);

test('each time tells of its own change', async () => {
  const { accounts } = database;
  await accounts.add(ALICE, 'hash');
  using raw = new DatabaseSync(join(directory, 'lockport.db'));
  const timesAfter = async (change: Promise<unknown>) => {
    await change;
    const record = await accounts.find('alice');
    assert.ok(record);
    const names = ['createdAt', 'updatedAt', 'passwordChangedAt', 'lastLoginAt'] as const;
    const changed = names.filter((name) => record[name]?.getTime() !== 1);
    raw.exec('UPDATE accounts SET created_at = 1, updated_at = 1, password_changed_at = 1, last_login_at = 1');
    return changed;
  };
  await timesAfter(Promise.resolve());
  assert.deepEqual(await timesAfter(accounts.update('alice', { disabled: true })), ['updatedAt']);
  assert.deepEqual(await timesAfter(accounts.setPasswordHash('alice', 'other')), ['passwordChangedAt']);
  assert.deepEqual(await timesAfter(accounts.recordLogin('alice')), ['lastLoginAt']);
});

test('a row that was spoilt by hand fails with the name of its account, and no other with it', async () => {
  const { accounts } = database;
  await accounts.add(ALICE, '');
  await accounts.add({ ...ALICE, name: 'bob' }, '');
  using raw = new DatabaseSync(join(directory, 'lockport.db'));
  for (const settings of ['', '{', '{}', 'null']) {
    raw.prepare("UPDATE accounts SET settings = ? WHERE name = 'alice'").run(settings);
    await assert.rejects(accounts.find('alice'), { code: 'invalid-account', message: /^Account alice: / });
    assert.equal((await accounts.find('bob'))?.account.name, 'bob');
    assert.deepEqual(await accounts.names(), ['alice', 'bob']);
  }
});

test('an account whose group is gone or broken is not read, and can be disabled or put in order', async () => {
  const { accounts } = database;
  await accounts.groups.add('partners', { allowedAddresses: ['192.0.2.1'] });
  await accounts.add({ ...ALICE, groups: ['partners'] }, '');
  using raw = new DatabaseSync(join(directory, 'lockport.db'));
  for (const [damage, message] of [
    [`UPDATE account_groups SET settings = '{"allowedAddresses":"any"}'`, /^Account alice: Group partners: allowed/],
    ["UPDATE account_groups SET settings = '{'", /^Account alice: Group partners: /],
    ['DELETE FROM account_groups', /^Account alice: there is no group partners, which it is in/],
  ] as const) {
    raw.exec(damage);
    await assert.rejects(accounts.find('alice'), { code: 'invalid-account', message });
    await assert.rejects(Array.fromAsync(accounts.list()), { code: 'invalid-account', message });
    assert.deepEqual((await accounts.findOwn('alice'))?.groups, ['partners']);
    await accounts.update('alice', { disabled: true });
  }
  assert.equal(await accounts.update('alice', { groups: [] }), true, 'sessions of before end');
  assert.equal((await accounts.find('alice'))?.account.disabled, true);
});
