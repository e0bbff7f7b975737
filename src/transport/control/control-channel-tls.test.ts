import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { connect } from 'node:tls';
import { limitsWith } from '../../core/index.ts';
import { tcpPair } from '../tcp-pair.ts';
import { createTlsIdentity } from '../tls/tls-identity.ts';
import { ControlChannel } from './control-channel.ts';
import {
  ask,
  certificate,
  Inbox,
  replyOn,
  setup,
  startTls,
  Trickle,
  versions,
} from './control-channel-fixture.test.ts';

for (const version of versions) {
  const only = { minVersion: version, maxVersion: version };

  describe(`TLS on the control connection, ${version}`, () => {
    test('begins with AUTH and carries lines both ways', async () => {
      const { channel, client } = await setup();
      assert.equal(channel.protection, 'clear');
      const tls = await startTls(client, only);
      assert.equal(await ask(tls, 'NOOP'), '200 NOOP\r\n');
      assert.equal(channel.protection, 'private');
      assert.equal(channel.tls?.version, version);
    });

    test('ends with a close_notify and the last reply before it', async () => {
      const { channel, client } = await setup();
      const tls = await startTls(client, only);
      const received: string[] = [];
      tls.on('data', (chunk) => received.push(chunk.toString())).on('end', () => tls.end());
      assert.equal(await ask(tls, 'QUIT'), '200 QUIT\r\n');
      await channel.close(Buffer.from('221 bye\r\n'));
      assert.deepEqual(received, ['200 QUIT\r\n', '221 bye\r\n']);
      assert.equal(await channel.closed, 'closed');
    });

    test('that the client ends right behind the handshake ends the channel', async () => {
      const { client, lines } = await setup();
      const tls = await startTls(client, only);
      tls.end();
      await lines.has('(end)');
    });

    for (const [title, limits, act, reason] of [
      ['breaks TLS', {}, (client: Socket) => client.write('no record of TLS'), 'tls-failed'],
      ['resets the connection', {}, (client: Socket) => client.resetAndDestroy(), 'reset'],
      ['goes on reading nothing', { stallMs: 50 }, () => undefined, 'unread'],
    ] as const) {
      test(`ends for a peer that ${title} while much waits for it`, async () => {
        const { channel, client } = await setup({ maxReplyQueueBytes: 1e9, ...limits });
        const tls = await startTls(client, only);
        await ask(tls, 'NOOP');
        tls.pause();
        const sent = channel.send(Buffer.alloc(50_000_000));
        act(client);
        assert.equal(await channel.closed, reason);
        await sent;
      });
    }

    test('survives a client that writes one byte at a time', async () => {
      const { client } = await setup();
      client.write('AUTH TLS\r\n');
      await replyOn(client);
      const tls = connect({ socket: new Trickle(client), rejectUnauthorized: false, ...only });
      await once(tls, 'secureConnect');
      assert.equal(await ask(tls, 'NOOP'), '200 NOOP\r\n');
    });
  });
}

describe('what came in the clear is never read as if it had come in TLS', () => {
  for (const behind of ['USER evil\r\n', 'USER evil\r\nPASS x\r\n', 'U', '\r\n', '\x16\x03\x01', '\xff']) {
    test(`${JSON.stringify(behind)} in one segment with AUTH ends the connection`, async () => {
      const { channel, client, lines, secured } = await setup();
      const received: Buffer[] = [];
      client.on('data', (chunk) => received.push(chunk));
      client.write(Buffer.from(`AUTH TLS\r\n${behind}`, 'latin1'));
      assert.equal(await channel.closed, 'injected');
      assert.equal(((await secured()) as { code: string }).code, 'injected');
      assert.deepEqual(lines.all, ['AUTH TLS']);
      assert.equal(Buffer.concat(received).toString(), '');
    });
  }

  test('a command behind AUTH in single bytes ends the connection, and gets no reply', async () => {
    const { channel, client, lines } = await setup();
    const received: Buffer[] = [];
    client.on('data', (chunk) => received.push(chunk));
    for (const byte of Buffer.from('AUTH TLS\r\nUSER evil\r\n')) {
      client.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.match(await channel.closed, /injected|tls-failed/);
    assert.deepEqual(lines.all, ['AUTH TLS']);
    assert.doesNotMatch(Buffer.concat(received).toString('latin1'), /200/);
  });

  test('a command that waits in the socket while AUTH is handled ends the connection', async () => {
    const { channel, client, lines } = await setup();
    client.write('AUTH TLS\r\n');
    assert.equal(await replyOn(client), '234 go\r\n');
    client.write('USER evil\r\n');
    assert.equal(await channel.closed, 'tls-failed');
    assert.deepEqual(lines.all, ['AUTH TLS']);
  });
});

describe('a TLS handshake on the control connection', () => {
  for (const [title, act, reason, tlsHandshakeMs] of [
    ['that never begins', () => undefined, 'tls-failed', 50],
    ['that stops half way', (client: Socket) => client.write('\x16\x03\x01\x02\x00'), 'tls-failed', 50],
    ['in which TCP ends', (client: Socket) => client.end(), 'tls-failed', 600_000],
    ['in which TCP is reset', (client: Socket) => client.resetAndDestroy(), 'reset', 600_000],
  ] as const) {
    test(`${title} ends the channel`, async () => {
      const { channel, client, secured } = await setup({ tlsHandshakeMs });
      client.write('AUTH TLS\r\n');
      await replyOn(client);
      act(client);
      assert.equal(await channel.closed, reason);
      assert.equal(((await secured()) as { code: string }).code, 'tls-failed');
    });
  }

  test('is not disturbed by a reply in the clear', async () => {
    const { channel, client } = await setup();
    client.write('AUTH TLS\r\n');
    await replyOn(client);
    await channel.send(Buffer.from('421 Too slow\r\n'));
    const tls = connect({ socket: client, rejectUnauthorized: false });
    await once(tls, 'secureConnect');
    assert.equal(await ask(tls, 'NOOP'), '200 NOOP\r\n');
  });

  test('can come first, before anything is read in the clear', async () => {
    const [accepted, client] = await tcpPair();
    await using channel = new ControlChannel(accepted, limitsWith());
    const identity = createTlsIdentity({ certificates: [certificate] }, limitsWith());
    const tls = connect({ socket: client, rejectUnauthorized: false, ALPNProtocols: ['ftp'] });
    const facts = await channel.secure(identity.forConnection(), undefined);
    assert.equal(facts.alpn, 'ftp');
    await channel.send(Buffer.from('220 hello\r\n'));
    assert.equal(await replyOn(tls), '220 hello\r\n');
    const lines = new Inbox();
    channel.listen({ onLine: lines.add, onEnd: () => undefined });
    tls.write('NOOP\r\n');
    await lines.has('NOOP');
    client.destroy();
  });

  test('is refused on a connection that is in TLS already', async () => {
    const { channel, client, secured } = await setup();
    const tls = await startTls(client);
    tls.write('AUTH TLS\r\n');
    await channel.closed;
    assert.equal(((await secured()) as { code: string }).code, 'closed');
  });
});
