import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startTestServer } from '../../src/testing/running-server.ts';

// Clients that shake hands on the data connection before they send the command (aioftp, newer curl): what was agreed on
// may change in between, and nobody has to answer for the work.

const bytes = Buffer.alloc(300_000, 'all of it, ');

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  describe(`A handshake that comes before its command, ${version}`, () => {
    const tls = { minVersion: version, maxVersion: version } as const;

    test('is answered then, and the transfer goes on from there, again and again and both ways', async () => {
      await using server = await startTestServer();
      await using client = await server.signIn('alice', { tls });
      for (let round = 0; round < 5; round += 1) {
        await using up = await client.data(await client.passive());
        await up.ready;
        assert.equal(up.isResumed, true, `round ${round}`);
        await client.expect(150, `STOR file-${round}`);
        await up.send(bytes);
        await client.expect(226);
        assert.deepEqual(await readFile(join(server.root, `file-${round}`)), bytes);
        await using down = await client.data(await client.passive());
        await down.ready;
        await client.expect(150, `RETR file-${round}`);
        assert.deepEqual(await down.receive(), bytes);
        await client.expect(226);
      }
    });

    test('may bring an upload before the command, which is then taken whole', async () => {
      await using server = await startTestServer();
      await using client = await server.signIn('alice', { tls });
      await using data = await client.data(await client.passive());
      await data.ready;
      const sent = data.send(bytes);
      await client.expect(150, 'STOR early');
      await sent;
      await client.expect(226);
      assert.deepEqual(await readFile(join(server.root, 'early')), bytes);
    });

    test('is not worth anything to whoever does not resume a session', async () => {
      await using server = await startTestServer();
      await writeFile(join(server.root, 'secret'), 'secret');
      await using client = await server.signIn('alice', { tls });
      await using data = await client.data(await client.passive(), 'unresumed');
      const got = data.receive().catch(() => Buffer.alloc(0));
      assert.equal((await client.outcome('RETR secret')).code, 522);
      assert.equal((await got).length, 0);
    });

    test('is given up by PROT C, and the next transfer is one in the clear', async () => {
      await using server = await startTestServer({ clear: { data: true } });
      await writeFile(join(server.root, 'file'), 'in the clear');
      await using client = await server.signIn('alice', { tls });
      const data = await client.data(await client.passive());
      await data.ready;
      await client.expect(200, 'PROT C');
      assert.equal((await client.outcome('RETR file')).code, 425);
      await data.closed().catch(() => undefined);
      await using plain = await client.data(await client.passive(), 'clear');
      await client.expect(150, 'RETR file');
      assert.equal((await plain.receive()).toString(), 'in the clear');
      await client.expect(226);
    });

    for (const command of ['ABOR', 'EPSV']) {
      test(`is given up by ${command}, together with its connection`, async () => {
        await using server = await startTestServer();
        await using client = await server.signIn('alice', { tls });
        const data = await client.data(await client.passive());
        await data.ready;
        client.send(command);
        await data.closed().catch(() => undefined);
      });
    }
  });
}

test('What begins TLS and gets nowhere is ended with the time of its port, and its command is told', async () => {
  await using server = await startTestServer({ limits: { passiveIdleMs: 50 } });
  await using client = await server.signIn();
  const data = await client.data(await client.passive(), 'clear');
  await data.write(Buffer.from('\x16\x03\x01\x02', 'latin1'));
  await data.closed().catch(() => undefined);
  assert.equal((await client.outcome('STOR file')).code, 425);
});

test('What is no TLS is refused at once, and its command is told', async () => {
  await using server = await startTestServer();
  await using client = await server.signIn();
  const data = await client.data(await client.passive(), 'clear');
  await data.write(Buffer.from('in the clear, though PROT is P'));
  await data.closed().catch(() => undefined);
  assert.equal((await client.outcome('STOR file')).code, 522);
});

test('PROT P after the connection was made, and before its handshake, holds for it', async () => {
  await using server = await startTestServer({ clear: { data: true } });
  await using client = await server.signIn();
  await client.expect(200, 'PROT C');
  await using data = await client.data(await client.passive());
  await client.expect(200, 'PROT P');
  await client.expect(150, 'STOR late');
  await data.send(bytes);
  await client.expect(226);
  assert.deepEqual(await readFile(join(server.root, 'late')), bytes);
});
