import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { openDatabase } from './index.ts';

function passkey(id: string, administrator = 'anna') {
  return { id, administrator, label: `of ${id}`, publicKey: 'AQ', counter: 0, createdAt: new Date(1000) };
}

test('passkeys are kept up to a bound, end sessions when they go, and go with their administrator', async (context) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'lockport-passkeys-'));
  context.after(() => rm(directory, { recursive: true }));
  await using database = openDatabase(path.join(directory, 'a.db'));
  const { administrators, passkeys } = database;
  await assert.rejects(passkeys.add(passkey('one'), 2), { code: 'no-such-administrator' });
  for (const name of ['anna', 'olga'])
    await administrators.add({ name, role: 'owner', groups: [], disabled: false }, '');
  await passkeys.add(passkey('one'), 2);
  await assert.rejects(passkeys.add(passkey('one', 'olga'), 2), { code: 'passkey-exists' });
  await passkeys.add(passkey('two'), 2);
  await assert.rejects(passkeys.add(passkey('three'), 2), { code: 'too-many-passkeys' });
  await passkeys.add(passkey('other', 'olga'), 2);
  assert.deepEqual(await passkeys.find('one'), passkey('one'));
  assert.deepEqual(
    (await passkeys.of('anna')).map(({ id }) => id),
    ['one', 'two'],
  );
  assert.deepEqual(Object.fromEntries(await passkeys.counts()), { anna: 2, olga: 1 });
  await passkeys.recordUse('one', 7);
  assert.equal((await passkeys.find('one'))?.counter, 7);

  const revision = async () => (await administrators.find('anna'))?.revision ?? 0;
  const before = await revision();
  // Nobody removes that of somebody else.
  assert.equal(await passkeys.remove('anna', 'other'), 0);
  assert.equal(await revision(), before);
  assert.equal(await passkeys.remove('anna', 'one'), 1);
  assert.equal(await revision(), before + 1);
  assert.equal(await passkeys.remove('anna'), 1);
  await administrators.remove('olga');
  assert.equal(await passkeys.find('other'), undefined);
});
