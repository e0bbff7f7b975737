import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHostileServer } from '../../hostile/hostile-server.ts';
import { connectTo, failureOf } from './attacked-client.ts';

// CVE-2023-27535: a connection that is kept must never serve another user, or somebody with other TLS rules.

test('Two clients share no connection, whatever they have in common', async () => {
  await using server = await startHostileServer({ files: { '/file': 'text' } });
  for (const user of ['alice', 'alice', 'bob']) {
    await using client = await connectTo(server, { user });
    await client.size('/file');
  }
  const users = server.heard.filter(({ verb }) => verb === 'USER').map(({ line }) => line);
  assert.deepEqual(users, ['USER alice', 'USER alice', 'USER bob']);
});

test('A client with a pin of its own is not served by what another one was content with', async () => {
  await using server = await startHostileServer();
  await using trusting = await connectTo(server);
  await trusting.send('NOOP');
  const { code } = await failureOf(connectTo(server, { tls: { pins: ['0'.repeat(64)] } }));
  assert.equal(code, 'untrusted');
});
