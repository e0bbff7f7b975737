import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Client, connect } from '../../src/client/index.ts';
import { PASSWORDS, startTestServer, type TestServer } from '../../src/testing/index.ts';

// The memory of a transfer serves the next one. What stays in use by one that was broken off must not (CWE-226).

const ROUNDS = 14;
const SIDE_BY_SIDE = 8;
const MAX_BYTES = 2_000_000;

for (const data of ['in TLS', 'in the clear'] as const) {
  test(`Beside transfers that are broken off anywhere, every file holds its own bytes alone: ${data}`, async () => {
    await using server = await startTestServer(data === 'in TLS' ? {} : { clear: { data: true } });
    await using client = await connectTo(server, data);
    let whole = 0;
    let brokenOff = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const moved = await Promise.all(
        Array.from({ length: SIDE_BY_SIDE }, (_, index) => thereAndBack(client, round * SIDE_BY_SIDE + index)),
      );
      whole += moved.filter((isWhole) => isWhole).length;
      brokenOff += moved.filter((isWhole) => !isWhole).length;
    }
    assert.ok(whole > 20 && brokenOff > 20, `${whole} whole, ${brokenOff} broken off`);
    for (const name of await readdir(server.root)) {
      if (/^\d+$/.test(name)) assertOwn(await readFile(join(server.root, name)), Number(name));
    }
  });
}

/** Stores a file and fetches it again; every other time one of both is broken off. */
async function thereAndBack(client: Client, number: number): Promise<boolean> {
  const content = Buffer.alloc(randomInt(1, MAX_BYTES), number % 251);
  const name = `/${number}`;
  try {
    await client.upload(content, name, number % 4 === 1 ? within(40) : {});
    const fetched = await client.readBuffer(name, number % 4 === 3 ? within(20) : {});
    assert.equal(fetched.length, content.length);
    assertOwn(fetched, number);
    return true;
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    return false;
  }
}

function within(ms: number): { readonly signal: AbortSignal } {
  return { signal: AbortSignal.timeout(randomInt(1, ms)) };
}

function assertOwn(bytes: Buffer, number: number): void {
  const stranger = bytes.findIndex((byte) => byte !== number % 251);
  assert.equal(stranger, -1, `file ${number} holds another's byte ${bytes[stranger]} at ${stranger}`);
}

function connectTo(server: TestServer, data: 'in TLS' | 'in the clear'): Promise<Client> {
  return connect({
    host: 'localhost',
    port: server.explicitPort,
    user: 'alice',
    password: PASSWORDS['alice'] ?? '',
    tls: { ca: server.certificate },
    connections: SIDE_BY_SIDE,
    ...(data === 'in the clear' && { dataProtection: 'clear' as const, allowClear: true }),
  });
}
