import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { openDatabase } from '../../src/database/index.ts';
import { startWorkers } from '../workers/workers.ts';

// A backup tool, or a command that was stopped by Ctrl-Z, holds the lock of the database for as long as it likes.

test('Logins are let in under a lock, and they and bans noted afterwards', async (context) => {
  const settings = { LIMITS_BAN_AFTER_FAILED_LOGINS: '1' };
  const server = await startWorkers(context, { settings });
  const file = join(server.server.dataDir, 'lockport.db');
  const other = new DatabaseSync(file);
  other.exec('BEGIN IMMEDIATE');
  await using alice = await server.signIn('alice');
  await using bob = await server.signIn('bob');
  await bob.expect(200, 'NOOP');
  await alice.expect(221, 'QUIT');
  await using stranger = await server.connect();
  await assert.rejects(stranger.signIn('alice', 'not the password'));
  other.exec('ROLLBACK');
  other.close();

  const complaint = () =>
    server.server.log.find(({ event, message }) => event === 'warning' && /noted|outlive/.test(String(message)));
  await using database = openDatabase(file);
  const isNoted = async () =>
    (await database.bans.load()).length > 0 &&
    (await Array.fromAsync(database.accounts.list())).every(({ lastLoginAt }) => lastLoginAt);
  while (!(await isNoted())) {
    assert.equal(complaint(), undefined);
    await setTimeout(20);
  }
});
