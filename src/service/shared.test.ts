import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { isRefusal, type Peer } from '../core/index.ts';
import { openDatabase } from '../database/index.ts';
import { account, hashPassword } from '../identity/index.ts';
import { localStorage } from '../storage/index.ts';
import { loadConfiguration } from './configuration/index.ts';
import { createShared } from './shared.ts';

const PEER: Peer = { session: 's1', protocol: 'ftp', address: '192.0.2.1', port: 4000 };
const PASSWORD = { kind: 'password', password: 'wonderland-wonderland' } as const;

test('a login that was under way when its account lost a right is refused, with what held before', async (context) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'lockport-shared-'));
  context.after(() => rm(directory, { recursive: true }));
  const { configuration } = await loadConfiguration({
    // Each login hashes anew.
    environment: { LOCKPORT_LIMITS_VERIFIED_PASSWORD_MS: '0' },
    flags: {},
  });
  const file = path.join(directory, 'lockport.db');
  await using database = openDatabase(file);
  await database.accounts.add(account('alice'), await hashPassword(PASSWORD.password));
  await using storage = await localStorage({ root: directory });
  const { admission } = createShared(configuration, database, {
    storages: {
      default: storage,
      locals: new Map(),
      remotes: [],
      renameAcross: 'refuse',
      byName: new Map([['default', storage]]),
    },
    bans: [],
    records: undefined,
    receipts: undefined,
    rules: () => configuration,
    publish: () => undefined,
  });
  const admit = () => admission.admit('alice', PASSWORD, PEER);

  // The account is found by then, and its password is hashed for a while.
  const underWay = admit();
  await setImmediate();
  await database.accounts.update('alice', { allowedAddresses: [PEER.address] });
  const refusal = await underWay;
  assert.ok(isRefusal(refusal) && refusal.refused === 'unavailable');
  const next = await admit();
  assert.ok(!isRefusal(next));

  const harmless = admit();
  await setImmediate();
  await database.accounts.update('alice', { allowedAddresses: [] });
  assert.ok(!isRefusal(await harmless));

  const late = admit();
  await setImmediate();
  await database.accounts.update('alice', { expires: new Date(0) });
  const expired = await late;
  assert.ok(isRefusal(expired) && expired.refused === 'unavailable');
  if (!next.revoked.aborted) await once(next.revoked, 'abort', { signal: AbortSignal.timeout(20_000) });
});
