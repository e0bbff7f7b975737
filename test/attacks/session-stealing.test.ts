import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RawClient, RawDataProtection } from '../../src/testing/raw-client.ts';
import { startTestServer } from '../../src/testing/running-server.ts';

// Two accounts behind one address: bob races for the passive port that alice was given.

/** What races is repeated. */
const ROUNDS = { resumed: 10, unresumed: 10, clear: 1 };
/** In the clear the thief says nothing that begins a handshake. Those who sign in have as long. */
const LIMITS = { resumed: {}, unresumed: {}, clear: { tlsHandshakeMs: 3000 } };

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  for (const protection of ['resumed', 'unresumed', 'clear'] as const) {
    test(`Who takes another's passive port gets nothing out and nothing in: ${version}, ${protection}`, async () => {
      await using server = await startTestServer({ limits: LIMITS[protection] });
      await writeFile(join(server.root, 'secret'), 'for alice alone');
      const tls = { maxVersion: version };
      await using alice = await server.signIn('alice', { tls });
      await using bob = await server.signIn('bob', { tls });
      for (let round = 0; round < ROUNDS[protection]; round += 1) {
        assert.equal(await stealDownload(alice, bob, protection), '');
        await stealUpload(alice, bob, protection);
      }
      assert.deepEqual(await readdir(server.root), ['secret']);
      // The victim is not shut out by it.
      assert.equal((await alice.download('RETR secret')).toString(), 'for alice alone');
    });
  }
}

async function stealDownload(alice: RawClient, bob: RawClient, protection: RawDataProtection): Promise<string> {
  const port = await alice.passive();
  await using data = await bob.data(port, protection);
  alice.send('RETR secret');
  const stolen = await data.receive().catch(() => Buffer.alloc(0));
  await assertFailed(alice);
  return stolen.toString();
}

async function stealUpload(alice: RawClient, bob: RawClient, protection: RawDataProtection): Promise<void> {
  const port = await alice.passive();
  await using data = await bob.data(port, protection);
  alice.send('STOR forged');
  await data.send(Buffer.from('by bob')).catch(() => undefined);
  await assertFailed(alice);
}

/** 425 or 522 (RFC 4217 section 10.2), with or without a 150 before it. */
async function assertFailed(client: RawClient): Promise<void> {
  const { code, lines } = await client.outcome();
  assert.ok(code === 425 || code === 522 || code === 426, lines.join('\n'));
}
