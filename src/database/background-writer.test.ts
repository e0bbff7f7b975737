import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { account } from '../identity/index.ts';
import { type Database, openDatabase } from './database.ts';
import { DatabaseSync } from './sqlite.ts';

const ALICE = account('alice');

let directory: string;
let database: Database;
let other: DatabaseSync;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lockport-'));
  const file = join(directory, 'lockport.db');
  database = openDatabase(file);
  other = new DatabaseSync(file);
});

afterEach(async () => {
  other.close();
  await database[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

// The lock is held by this very thread: whatever waited for it here would wait for ever.

test('what is noted while another program holds the lock waits elsewhere, and is written once that lets go', async () => {
  const { accounts, bans } = database;
  await accounts.add(ALICE, 'hash');
  const until = new Date(Date.now() + 3_600_000);
  other.exec('BEGIN IMMEDIATE');
  const noted = [accounts.recordLogin('alice'), bans.save({ network: '192.0.2.1', until })];
  assert.equal((await accounts.find('alice'))?.lastLoginAt, undefined);
  other.exec('ROLLBACK');
  await Promise.all(noted);
  assert.ok((await accounts.find('alice'))?.lastLoginAt);
  assert.deepEqual(await bans.load(), [{ network: '192.0.2.1', until }]);
});

test('what waits for a lock is bounded; the end waits for no lock, and says what was not written', async () => {
  other.exec('BEGIN IMMEDIATE');
  const logins = Array.from({ length: 1500 }, () => database.accounts.recordLogin('alice'));
  const outcomes = Promise.allSettled(logins);
  await database[Symbol.asyncDispose]();
  other.exec('ROLLBACK');
  const reasons = (await outcomes).map((outcome) => outcome.status === 'rejected' && String(outcome.reason));
  assert.deepEqual(
    [...Map.groupBy(reasons, (reason) => reason)].map(([reason, all]) => [reason, all.length]),
    [
      ['Error: not before the end', 1000],
      ['Error: 1000 others wait already', 500],
    ],
  );
  database = openDatabase(join(directory, 'lockport.db'));
});

test('a statement that fails is told, and the next one is written', async () => {
  const { accounts, bans } = database;
  await accounts.add(ALICE, 'hash');
  other.exec('DROP TABLE bans');
  const saved = bans.save({ network: '192.0.2.1', until: new Date() });
  const noted = accounts.recordLogin('alice');
  await assert.rejects(saved, /no such table: bans/);
  await noted;
  assert.ok((await accounts.find('alice'))?.lastLoginAt);
});

test('whoever changes an account asks again for what is locked, and waits meanwhile for nobody', async () => {
  other.exec('BEGIN IMMEDIATE');
  const adding = database.accounts.add(ALICE, 'hash');
  // It has been refused once, or this would not be reached.
  other.exec('ROLLBACK');
  await adding;
  assert.ok(await database.accounts.find('alice'));
  await assert.rejects(database.accounts.add(ALICE, 'hash'), { code: 'account-exists' });
});
