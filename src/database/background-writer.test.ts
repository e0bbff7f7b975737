import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { ALICE } from './account-fixture.test.ts';
import { BackgroundWriter } from './background-writer.ts';
import { patiently } from './busy.ts';
import { type Database, openDatabase } from './database.ts';
import { DatabaseSync } from './sqlite.ts';

let directory: string;
let file: string;
let database: Database;
let other: DatabaseSync;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lockport-'));
  file = join(directory, 'lockport.db');
  database = openDatabase(file);
  other = new DatabaseSync(file);
});

afterEach(() => {
  other.close();
  database[Symbol.dispose]();
  rmSync(directory, { recursive: true });
});

// The lock is held by this very thread: whatever waited for it here would wait for ever.

test('what is noted while another program holds the lock waits elsewhere, and is written once that lets go', async () => {
  database.accounts.add(ALICE, 'hash');
  const until = new Date(Date.now() + 3_600_000);
  await using writer = new BackgroundWriter(file, assert.fail);
  other.exec('BEGIN IMMEDIATE');
  writer.recordLogin('alice');
  writer.saveBan({ network: '192.0.2.1', until });
  assert.equal(database.accounts.find('alice')?.lastLoginAt, undefined);
  other.exec('ROLLBACK');
  await writer.settled();
  assert.ok(database.accounts.find('alice')?.lastLoginAt);
  assert.deepEqual(database.bans.load(), [{ network: '192.0.2.1', until }]);
});

test('what waits for a lock is bounded; the end waits for no lock', async () => {
  const failures: string[] = [];
  const writer = new BackgroundWriter(file, (reason) => failures.push(reason));
  other.exec('BEGIN IMMEDIATE');
  for (let login = 0; login < 1500; login += 1) writer.recordLogin('alice');
  assert.equal(failures.length, 500);
  await writer[Symbol.asyncDispose]();
  other.exec('ROLLBACK');
});

test('a statement that fails is told, and the next one is written', async () => {
  const failures: string[] = [];
  await using writer = new BackgroundWriter(file, (reason) => failures.push(reason));
  database.accounts.add(ALICE, 'hash');
  other.exec('DROP TABLE bans');
  writer.saveBan({ network: '192.0.2.1', until: new Date() });
  writer.recordLogin('alice');
  await writer.settled();
  assert.deepEqual(failures, ['no such table: bans']);
  assert.ok(database.accounts.find('alice')?.lastLoginAt);
});

test('a server asks again for what is locked, and waits meanwhile for nobody', async () => {
  database.waitNever();
  other.exec('BEGIN IMMEDIATE');
  const adding = patiently(() => database.accounts.add(ALICE, 'hash'));
  // It has been refused once, or this would not be reached.
  other.exec('ROLLBACK');
  await adding;
  assert.ok(database.accounts.find('alice'));
  await assert.rejects(
    patiently(() => database.accounts.add(ALICE, 'hash')),
    { code: 'account-exists' },
  );
});
