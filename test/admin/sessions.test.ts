import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADMIN_PASSWORD, type Administered, administered } from './administered.ts';

async function signIn({ server }: Administered, user: string) {
  const client = await server.connect();
  await client.expect(220);
  await client.expect(234, 'AUTH TLS');
  await client.secure();
  await client.expect(331, `USER ${user}`);
  await client.expect(230, `PASS ${ADMIN_PASSWORD}`);
  return client;
}

test('sessions of all workers are shown and ended; to whoever is limited to groups, those of their accounts', async (context) => {
  const server = await administered(context, { args: ['--workers', '2'] });
  await using walt = await signIn(server, 'walt');
  await using both = await signIn(server, 'both');
  const all = await server.ask('GET', '/sessions', { token: 'auditor' });
  assert.deepEqual(
    all.json['sessions']?.map(({ account }) => account),
    ['walt', 'both'],
  );
  assert.equal(all.json['workers']?.length, 2);
  const page = await server.ask('GET', '/sessions?limit=1', { token: 'auditor' });
  const next = await server.ask('GET', `/sessions?limit=1&after=${encodeURIComponent(String(page.json['next']))}`, {
    token: 'auditor',
  });
  assert.deepEqual(
    [page, next].map(({ json }) => json['sessions']?.map(({ account }) => account)),
    [['walt'], ['both']],
  );
  assert.equal(next.json['next'], undefined);
  const limited = await server.ask('GET', '/sessions', { token: 'lab' });
  assert.deepEqual(
    limited.json['sessions']?.map(({ account }) => account),
    ['both'],
  );
  const [first, second] = all.json['sessions']?.map(({ session }) => String(session)) ?? [];
  assert.equal((await server.ask('DELETE', `/sessions/${first}`, { token: 'lab' })).status, 404);
  // It is in a group of others, too, whose work it would cut off.
  assert.equal((await server.ask('DELETE', `/sessions/${second}`, { token: 'lab' })).status, 403);
  const ended = await server.ask('DELETE', `/sessions/${second}?reason=late`, { token: 'operator' });
  assert.deepEqual(
    ended.json['sessions']?.map(({ outcome }) => outcome),
    ['ended'],
  );
  assert.match((await both.ended()).at(-1)?.lines[0] ?? '', /^421 .*: late$/);
  assert.equal((await server.ask('DELETE', `/sessions/${second}`, { token: 'operator' })).status, 404);
  const banned = await server.ask('POST', '/bans', {
    token: 'operator',
    json: { network: '127.0.0.0/8', until: null, reason: 'all out' },
  });
  assert.deepEqual(
    banned.json['sessions']?.map(({ account }) => account),
    ['walt'],
  );
  assert.match((await walt.ended()).at(-1)?.lines[0] ?? '', /^421 /);
  // The bans are those of the whole server.
  assert.equal((await server.ask('GET', '/me', { token: 'owner' })).status, 403);
});
