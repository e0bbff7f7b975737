import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { NewEvent } from '../core/index.ts';
import { openDatabase } from '../database/index.ts';
import { account, createAdmissionControl } from '../identity/index.ts';
import { createRateLimiter } from '../transport/index.ts';
import { watchSessionNotices } from './session-notice-watcher.ts';

test('an expiry that could not be read at first ends sessions once it can be, and holds up no other notice', async (context) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'lockport-heed-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const file = path.join(directory, 'lockport.db');
  await using database = openDatabase(file);
  using raw = new DatabaseSync(file);
  for (const name of ['alice', 'bob']) await database.accounts.add(account(name), 'hash');

  const control = createAdmissionControl({
    authenticator: { authenticate: async (user) => account(user) },
    makeRateLimiter: createRateLimiter,
  });
  const signIn = async (name: string) => {
    const admission = await control.admit(
      name,
      { kind: 'password', password: 'any' },
      { session: name, protocol: 'ftp', address: '192.0.2.1', port: 4000 },
    );
    assert.ok('revoked' in admission);
    return admission.revoked;
  };
  const [alice, bob] = [await signIn('alice'), await signIn('bob')];

  const told: string[] = [];
  const log = (event: NewEvent) => void told.push('message' in event ? event.message : event.event);
  using _ = await watchSessionNotices(database.accounts, control, log);
  // In one step for whoever reads: the notice, and a row that can't be read.
  raw.exec("UPDATE accounts SET settings = '{' WHERE name = 'alice'");
  raw.exec("INSERT INTO session_notices (account) VALUES ('alice')");
  await database.accounts.update('bob', { disabled: true });
  await aborted(bob);
  assert.equal(alice.aborted, false);

  const { name: _name, ...settings } = account('alice', { expires: new Date(0) });
  raw.prepare("UPDATE accounts SET settings = ? WHERE name = 'alice'").run(JSON.stringify(settings));
  await aborted(alice);
  assert.equal(told.length, 1, 'the trouble is told once');
});

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort', { signal: AbortSignal.timeout(20_000) });
}
