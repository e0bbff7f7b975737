import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Account, ROOT } from '../core/index.ts';
import { ALICE as WITHOUT_RIGHTS } from './account-fixture.test.ts';
import { openDatabase } from './database.ts';
import { migrate } from './migrations.ts';
import { SessionNotices } from './session-notices.ts';
import { DatabaseSync } from './sqlite.ts';

const ALICE: Account = { ...WITHOUT_RIGHTS, rights: [{ path: ROOT, rights: ['list', 'download'] }] };

function opened(context: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'lockport-notices-'));
  const database = openDatabase(join(directory, 'lockport.db'));
  context.after(() => {
    database[Symbol.dispose]();
    rmSync(directory, { recursive: true });
  });
  return database;
}

test('whatever takes a right away is noticed, and nothing else', (context) => {
  const { accounts, notices } = opened(context);
  accounts.add(ALICE, 'hash');
  assert.equal(accounts.update('alice', { quota: { bytes: 1 } }), false);
  assert.equal(notices.latest(), 0);

  assert.equal(accounts.update('alice', { rights: [] }), true);
  assert.equal(accounts.update('alice', { expires: new Date(0) }), false);
  accounts.setPasswordHash('alice', 'another');
  accounts.remove('alice');
  assert.deepEqual(
    notices.after(0).map(({ account, ends }) => [account, ends]),
    [
      ['alice', 'rights narrowed'],
      ['alice', undefined],
      ['alice', 'password changed'],
      ['alice', 'account removed'],
    ],
  );
  assert.deepEqual(notices.after(notices.latest()), []);
  assert.deepEqual(
    [notices.hasSince('alice', 3), notices.hasSince('alice', 4), notices.hasSince('bob', 0)],
    [true, false, false],
  );
});

test('a change that keeps sessions is not noticed, nor one that failed', (context) => {
  const { accounts, notices } = opened(context);
  accounts.add(ALICE, 'hash');
  assert.equal(accounts.update('alice', { disabled: true, expires: new Date(0) }, { keepSessions: true }), false);
  accounts.setPasswordHash('alice', 'another', { keepSessions: true });
  accounts.remove('alice', { keepSessions: true });
  assert.throws(() => accounts.remove('alice'), { code: 'no-such-account' });
  assert.throws(() => accounts.setPasswordHash('alice', ''), { code: 'no-such-account' });
  assert.equal(notices.latest(), 0);
});

test('notices are a bounded number, and their numbers go on growing', () => {
  using raw = new DatabaseSync(':memory:');
  migrate(raw);
  const notices = new SessionNotices(raw);
  for (let count = 0; count < 10_050; count += 1) notices.add('alice', 'account disabled');
  assert.equal(notices.latest(), 10_050);
  assert.equal(notices.after(0).length, 100, 'and so are those that are read at once');
  assert.equal(notices.after(0)[0]?.number, 51);
});
