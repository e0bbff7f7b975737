import assert from 'node:assert/strict';
import { test } from 'node:test';
import { account, createPasswordChecker, hashPassword, passwordAuthenticator } from '../../src/identity/index.ts';
import type { RawClient, RawReply } from '../../src/testing/raw-client.ts';
import { startTestServer, type TestServer } from '../../src/testing/running-server.ts';

// CVE-2016-6210, CVE-2018-15473: what is said to a wrong password is the same whether the account exists or not.

test('Unknown, known and disabled accounts, and names that no account can have, get the same replies', async () => {
  const passwordHash = await hashPassword('wonderland');
  const checker = createPasswordChecker();
  const accounts = new Map([
    ['alice', account('alice')],
    ['carol', account('carol', { disabled: true })],
    ['dora', account('dora', { expires: new Date(0) })],
  ]);
  const authenticator = passwordAuthenticator(async (user) => {
    const found = accounts.get(user);
    return found && { account: found, passwordHash };
  }, checker);
  await using server = await startTestServer({ authenticator });
  const expected = await wrongLogin(server, 'alice');
  for (const user of ['nobody', 'carol', 'dora', 'root', '../alice', 'alice ', 'al*', "' OR 1=1 --", '${alice}', 'ü']) {
    assert.deepEqual(await wrongLogin(server, user), expected, user);
  }
  // A disabled account with its right password too: that would tell that the password is right.
  assert.deepEqual(await wrongLogin(server, 'carol', 'wonderland'), expected);
});

async function wrongLogin(server: TestServer, user: string, password = 'builder'): Promise<readonly RawReply[]> {
  await using client = await server.connect();
  await begin(client);
  return [await client.ask(`USER ${user}`), await client.ask(`PASS ${password}`), await client.ask('PWD')];
}

async function begin(client: RawClient): Promise<void> {
  await client.expect(220);
  await client.expect(234, 'AUTH TLS');
  await client.secure();
}

test('Five wrong passwords end the session', async () => {
  await using server = await startTestServer();
  await using client = await server.connect();
  await begin(client);
  for (let attempt = 1; attempt < 5; attempt += 1) {
    await client.expect(331, 'USER alice');
    await client.expect(530, 'PASS builder');
  }
  await client.expect(331, 'USER alice');
  client.send('PASS builder');
  assert.equal((await client.ended()).at(-1)?.code, 421);
});

test('Neither an empty password nor a NUL gets in', async () => {
  await using server = await startTestServer();
  await using client = await server.connect();
  await begin(client);
  await client.expect(331, 'USER alice');
  assert.ok((await client.ask('PASS')).code >= 500);
  await client.expect(331, 'USER alice');
  assert.ok((await client.ask('PASS ')).code >= 500);
  await client.ask('USER alice\0x');
  assert.ok((await client.ask('PASS wonderland')).code >= 500);
  await client.expect(530, 'PWD');
});
