import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { testCertificate } from '../../src/testing/certificates.ts';
import { RawClient, UnexpectedReply } from '../../src/testing/raw-client.ts';
import { passiveReply } from './default-conversation.ts';
import { type HostileServer, startDecoy, startHostileServer } from './hostile-server.ts';

const files = { '/one.txt': 'one', '/folder/two.txt': 'two'.repeat(100_000) };

async function signedIn(server: HostileServer, implicit = false): Promise<RawClient> {
  const client = await RawClient.connect({ port: server.port, implicit, tls: { ca: server.certificate } });
  await client.signIn('alice', 'wonderland');
  return client;
}

for (const implicit of [false, true]) {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const mode = implicit ? 'implicit' : 'explicit';
    test(`by itself it lists, sends and takes files, ${mode} ${version}`, async () => {
      await using server = await startHostileServer({
        implicit,
        files,
        tls: { minVersion: version, maxVersion: version },
      });
      await using client = await signedIn(server, implicit);
      const listing = (await client.download('MLSD')).toString();
      assert.match(listing, /^type=file;size=3;modify=20240229120000; one.txt\r\ntype=dir;.* folder\r\n$/);
      assert.equal((await client.download('RETR folder/two.txt')).toString(), files['/folder/two.txt']);
      await client.expect(350, 'REST 299999');
      assert.equal((await client.download('RETR folder/two.txt')).toString(), 'o');
      await client.upload('STOR three.txt', 'three');
      await client.expect(350, 'REST 2');
      await client.upload('STOR three.txt', 'u');
      await client.upload('APPE three.txt', '!');
      assert.equal(server.files.get('/three.txt')?.toString(), 'thuee!');
      await client.expect(213, 'SIZE three.txt');
      await client.expect(550, 'SIZE missing');
      await client.expect(221, 'QUIT');
      await client.ended();
      assert.deepEqual(server.failures, []);
    });
  }
}

test('data connections continue the TLS session of the control connection, unless the rules say otherwise', async () => {
  for (const resumes of [true, false]) {
    await using server = await startHostileServer({ files, data: { resumes } });
    await using client = await signedIn(server);
    await using data = await client.data(await client.passive());
    await client.expect(150, 'RETR one.txt');
    await data.ready;
    assert.equal(data.isResumed, resumes);
    assert.equal((await data.receive()).toString(), 'one');
  }
});

test('a data connection may show another certificate', async () => {
  const certificate = await testCertificate(['localhost']);
  await using server = await startHostileServer({ files, data: { certificate } });
  await using client = await signedIn(server);
  await using data = await client.data(await client.passive());
  client.send('RETR one.txt');
  await assert.rejects(data.ready);
});

test('it hears every line, and on which channel', async () => {
  await using server = await startHostileServer();
  await using _client = await signedIn(server);
  assert.deepEqual(server.heard.slice(0, 2), [
    { channel: 'clear', verb: 'AUTH', line: 'AUTH TLS' },
    { channel: 'tls', verb: 'USER', line: 'USER alice' },
  ]);
});

test('a step can reply twice, in pieces, and without an end', async () => {
  await using server = await startHostileServer({
    on: {
      NOOP: (session) => session.send('200 Once\r\n201 Twice\r\n'),
      SYST: (session) => session.sendInPieces('215 Pieces\r\n', 1),
      STAT: (session) => session.sendEndlessly('211 And another\r\n'),
    },
  });
  await using client = await signedIn(server);
  await client.expect(200, 'NOOP');
  await client.expect(201);
  assert.deepEqual((await client.expect(215, 'SYST')).lines, ['215 Pieces']);
  client.send('STAT');
  for (let reply = 0; reply < 1000; reply += 1) await client.expect(211);
});

for (const way of ['end', 'cut', 'reset'] as const) {
  test(`a step can ${way} the control connection`, async () => {
    await using server = await startHostileServer({ on: { NOOP: (session) => session[way]() } });
    await using client = await signedIn(server);
    client.send('NOOP');
    assert.deepEqual(await client.ended(), []);
  });
}

test('a step can say nothing, and the next one is done all the same', async () => {
  await using server = await startHostileServer({ on: { NOOP: () => undefined } });
  await using client = await signedIn(server);
  client.send('NOOP');
  await client.expect(257, 'PWD');
});

test('a step can reply before the handshake, and never come to it', async () => {
  await using server = await startHostileServer({ on: { AUTH: (session) => session.send('234 Go\r\n230 In\r\n') } });
  await using client = await RawClient.connect({ port: server.port });
  await client.expect(220);
  await client.expect(234, 'AUTH TLS');
  await client.expect(230);
});

test('a download can be cut short in every way', async () => {
  for (const ending of ['cut', 'cut-in-record', 'reset'] as const) {
    await using server = await startHostileServer({ files, data: { ending } });
    await using client = await signedIn(server);
    await using data = await client.data(await client.passive());
    await client.expect(150, 'RETR one.txt');
    const received = await data.receive().catch(() => Buffer.from('reset'));
    assert.ok(received.length <= 5, ending);
    await client.expect(226);
  }
});

test('a passive reply can name another address, where a decoy counts who comes', async () => {
  await using decoy = await startDecoy('127.0.0.2');
  await using server = await startHostileServer({
    on: { PASV: (session) => session.reply(passiveReply('127.0.0.2', decoy.port)) },
  });
  await using client = await signedIn(server);
  const { lines } = await client.expect(227, 'PASV');
  assert.match(lines.join(), /\(127,0,0,2,/);
  assert.equal(decoy.connections(), 0);
  await once(connect({ host: '127.0.0.2', port: decoy.port }), 'close');
  assert.equal(decoy.connections(), 1);
});

test('a transfer can be aborted, before its connection is there and in the middle', async () => {
  await using server = await startHostileServer({ files: { '/large': 'x'.repeat(20_000_000) } });
  await using client = await signedIn(server);
  for (const connects of [false, true]) {
    const port = await client.passive();
    await using data = connects ? await client.data(port) : undefined;
    await client.expect(150, 'RETR large');
    await data?.ready;
    client.send('ABOR');
    await client.expect(426);
    await client.expect(226);
  }
  await client.expect(200, 'NOOP');
});

test('what it does not know it refuses', async () => {
  await using server = await startHostileServer();
  await using client = await signedIn(server);
  await assert.rejects(client.expect(200, 'XYZZY'), UnexpectedReply);
});
