import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { RawClient } from '../../src/testing/raw-client.ts';
import type { RawData } from '../../src/testing/raw-data.ts';
import { startTestServer, type TestServer } from '../../src/testing/running-server.ts';

// RFC 959 section 3.2: a transfer ends with its control connection. In the clear the end of a client that was killed
// looks like the end of its file, so that a part would stand under the file's name.

const killedClient = fileURLToPath(new URL('killed-uploader-client.ts', import.meta.url));
const part = Buffer.alloc(50_000, 'the first half, ');
// The end of the control connection is waited for as long as a busy machine takes to tell of it.
const inClear = { clear: { login: true, data: true }, limits: { clearEndMs: 60_000 } } as const;

const ways: { readonly [title: string]: (client: RawClient, data: RawData) => Promise<void> } = {
  'the end of the control connection, and then that of the data': async (client, data) => {
    client.end();
    await setImmediate();
    await data.send(Buffer.alloc(0));
  },
  'the end of both at once': async (client, data) => {
    client.end();
    await data.send(Buffer.alloc(0));
  },
  'the reset of the control connection, and then the end of the data': async (client, data) => {
    client.reset();
    await data.send(Buffer.alloc(0));
  },
};

for (const protection of ['clear', 'resumed'] as const) {
  describe(`An upload that is ended by its client's death is not published, data ${protection}`, () => {
    for (const [title, die] of Object.entries(ways)) {
      test(title, async () => {
        await using server = await startTestServer(inClear);
        await using client = await connected(server, protection);
        const port = await client.passive();
        await using data = await client.data(port, protection);
        await client.expect(150, 'STOR report');
        await data.write(part);
        await die(client, data);
        await server.event(({ event }) => event === 'session.closed');
        const finished = await server.event(({ event }) => event === 'transfer.finished');
        assert.ok(finished.event === 'transfer.finished' && finished.outcome !== 'complete', JSON.stringify(finished));
        assert.equal((await readdir(server.root)).includes('report'), false);
      });
    }
  });
}

test('An upload whose client is killed is not published: the system ends both connections in order', async () => {
  await using server = await startTestServer(inClear);
  for (const name of ['one', 'two', 'three', 'four']) {
    const child = spawn(process.execPath, [killedClient, String(server.explicitPort), name]);
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const finished = async (name: string) =>
    server.event((event) => event.event === 'transfer.finished' && event.path === `/${name}`);
  for (const name of ['one', 'two', 'three', 'four']) {
    const event = await finished(name);
    assert.ok(event.event === 'transfer.finished' && event.outcome === 'kept-partial', JSON.stringify(event));
    assert.equal(event.bytes, part.length);
  }
  const names = await readdir(server.root);
  assert.deepEqual(
    names.filter((name) => !name.startsWith('.')),
    [],
  );
});

async function connected(server: TestServer, protection: 'clear' | 'resumed'): Promise<RawClient> {
  if (protection === 'resumed') return server.signIn();
  const client = await server.connect();
  await client.expect(220);
  await client.expect(331, 'USER alice');
  await client.expect(230, 'PASS wonderland');
  await client.expect(200, 'TYPE I');
  return client;
}
